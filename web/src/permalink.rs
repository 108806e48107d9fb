//! A run as an address: `?members=5&seed=42&at=137&do=12:crash:1,40:put:2:x:1`.
//!
//! Seed, members and the actions with the event each was done at determine everything that
//! happens, so this is all that has to be kept. `do` can be read and written by hand. A scenario
//! may set more: `world` holds all its settings, and `say` an action in a scenario's words.

use std::fmt::Write as _;

use quorate_core::sim::{Action, History, Node, Operation, PlannedAction, Scenario, WorldConfig};

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permalink {
    /// How many members: 1 to 7.
    pub(crate) members: u32,
    /// The seed of all chance.
    pub(crate) seed: u64,
    /// The event that is shown.
    pub(crate) at: u64,
    /// What was done, each with the number of events that had happened before it.
    pub(crate) actions: Vec<(u64, Action)>,
    /// All settings, where members and seed are not all: a scenario's.
    pub(crate) world: Option<WorldConfig>,
}

impl Default for Permalink {
    fn default() -> Self {
        Self {
            members: 3,
            seed: 42,
            at: 0,
            actions: Vec::new(),
            world: None,
        }
    }
}

/// What is wrong with a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LinkError {
    /// The parameter, as it stands in the link.
    pub(crate) name: String,
    /// Its value, or the part of it that is wrong.
    pub(crate) value: String,
    /// What would have been right.
    pub(crate) wanted: Wanted,
}

/// What would have been right in a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A number from 1 to 7.
    Members,
    /// A whole number from 0 to 18446744073709551615.
    Seed,
    /// A whole number from 0 to [`MOST_EVENTS`].
    Event,
    /// An action: `event:verb:member…`.
    Action,
    /// Actions in the order of their events.
    Order,
    /// A world's settings, as a scenario says them.
    World,
    /// One of the known parameters.
    Parameter,
    /// A whole link: the end of this one is missing, or a letter of it is another.
    Whole,
    /// A link of this version of the page, or of one before it.
    Version,
}

impl LinkError {
    /// The link as a whole cannot be read.
    fn whole(wanted: Wanted) -> Self {
        Self {
            name: String::new(),
            value: String::new(),
            wanted,
        }
    }
}

/// What stands before a link that was unpacked as far as it was good.
const DAMAGED: char = '!';
/// What stands before a link that this version cannot unpack.
const NEWER: char = '~';

/// No run on the page is longer: it would take too long to come back to.
pub(crate) const MOST_EVENTS: u64 = 50_000;

impl Permalink {
    /// Reads a link, all of it or nothing.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn parse(query: &str) -> Result<Self, LinkError> {
        match Self::read(query) {
            (link, None) => Ok(link),
            (_, Some(error)) => Err(error),
        }
    }

    /// Reads an address's query, with or without its question mark, or what the fragment says. Of
    /// a link that is wrong somewhere: what could be read of it, and what is wrong first.
    pub(crate) fn read(query: &str) -> (Self, Option<LinkError>) {
        let mut link = Self::default();
        let mut first = None;
        let query = query.strip_prefix('?').unwrap_or(query);
        let query = match (query.strip_prefix(DAMAGED), query.strip_prefix(NEWER)) {
            (Some(rest), _) => {
                first = Some(LinkError::whole(Wanted::Whole));
                rest
            }
            (_, Some(_)) => return (link, Some(LinkError::whole(Wanted::Version))),
            (None, None) => query,
        };
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if let Err(error) = link.take(name, value) {
                first.get_or_insert(error);
            }
        }
        if let Some(world) = &link.world {
            (link.members, link.seed) = (world.members, world.seed);
        }
        if let Some(error) = link.drop_strangers() {
            first.get_or_insert(error);
        }
        (link, first)
    }

    /// Takes one parameter in.
    fn take(&mut self, name: &str, value: &str) -> Result<(), LinkError> {
        let wrong = |wanted| LinkError {
            name: name.to_owned(),
            value: value.to_owned(),
            wanted,
        };
        match name {
            "members" => {
                let members = number(value).filter(|count| (1..=7).contains(count));
                self.members = members.ok_or(wrong(Wanted::Members))? as u32;
            }
            "seed" => self.seed = number(value).ok_or(wrong(Wanted::Seed))?,
            "at" => self.at = event(value).ok_or(wrong(Wanted::Event))?,
            "do" => {
                let (actions, error) = actions(value);
                self.actions = actions;
                if let Some(error) = error {
                    // Behind what is missing, all would be something else.
                    let last = self.actions.last().map_or(0, |(at, _)| *at + 1);
                    self.at = self.at.min(last);
                    return Err(error);
                }
            }
            "world" => self.world = Some(world(value).ok_or(wrong(Wanted::World))?),
            // The host's own switches may stand beside ours.
            "lang" | "theme" => {}
            // These are the lessons'.
            "lesson" | "beat" | "plain" | "embed" => {}
            _ => return Err(wrong(Wanted::Parameter)),
        }
        Ok(())
    }

    /// Drops the first action about a member that is not there, and all behind it.
    fn drop_strangers(&mut self) -> Option<LinkError> {
        let is_addition = |action: &Action| {
            matches!(
                action,
                Action::Operation {
                    operation: Operation::MemberAdd { .. },
                    ..
                }
            )
        };
        let actions = self.actions.iter();
        let added = actions.filter(|(_, action)| is_addition(action));
        let members = self.members + added.count() as u32;
        let stranger = self.actions.iter().position(|(_, action)| {
            nodes(action)
                .iter()
                .any(|node| node.0 == 0 || node.0 > members)
        })?;
        let value = action_text(&self.actions[stranger]);
        self.at = self.at.min(self.actions[stranger].0);
        self.actions.truncate(stranger);
        Some(LinkError {
            name: "do".to_owned(),
            value,
            wanted: Wanted::Action,
        })
    }

    /// What the link says was done, and to which world.
    pub(crate) fn history(&self) -> History {
        History {
            config: self.world.clone().unwrap_or(WorldConfig {
                seed: self.seed,
                members: self.members,
                ..WorldConfig::default()
            }),
            actions: self
                .actions
                .iter()
                .map(|(after_event, action)| PlannedAction {
                    after_event: *after_event,
                    action: action.clone(),
                })
                .collect(),
        }
    }

    /// The query of this link, with its question mark.
    pub(crate) fn query(&self) -> String {
        let mut query = match &self.world {
            None => format!("?members={}&seed={}", self.members, self.seed),
            Some(world) => format!("?world={}", encode(&Scenario::world_text(world))),
        };
        if self.at > 1 {
            let _ = write!(query, "&at={}", self.at);
        }
        if !self.actions.is_empty() {
            let actions: Vec<String> = self.actions.iter().map(action_text).collect();
            let _ = write!(query, "&do={}", actions.join(","));
        }
        query
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn event(text: &str) -> Option<u64> {
    number(text).filter(|event| *event <= MOST_EVENTS)
}

fn world(text: &str) -> Option<WorldConfig> {
    let text = format!("world {}", decode(text)?);
    Some(Scenario::parse("", &text).ok()?.config().clone())
}

/// The actions up to the first that is wrong, and what is wrong with that one.
fn actions(text: &str) -> (Vec<(u64, Action)>, Option<LinkError>) {
    let mut actions: Vec<(u64, Action)> = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let wrong = |wanted| LinkError {
            name: "do".to_owned(),
            value: part.to_owned(),
            wanted,
        };
        let Some((at, action)) = action(part) else {
            return (actions, Some(wrong(Wanted::Action)));
        };
        if actions.last().is_some_and(|(before, _)| *before >= at) {
            return (actions, Some(wrong(Wanted::Order)));
        }
        actions.push((at, action));
    }
    (actions, None)
}

fn action(text: &str) -> Option<(u64, Action)> {
    let parts: Vec<&str> = text.split(':').collect();
    // The members' start is the first event: nothing can be done before it.
    let at = event(parts.first()?).filter(|at| *at > 0)?;
    let node = |part: &str| Some(Node(number(part)?.try_into().ok()?));
    if let Some(&["say", words]) = parts.get(1..) {
        return Some((at, decode(words)?.parse().ok()?));
    }
    let action = match parts.get(1..)? {
        ["crash", one] => Action::Crash { node: node(one)? },
        ["restart", one] => Action::Restart { node: node(one)? },
        ["isolate", one] => Action::Isolate { node: node(one)? },
        ["stop", one] => Action::Stop { node: node(one)? },
        ["cut", from, to] => Action::Cut {
            from: node(from)?,
            to: node(to)?,
        },
        ["heal"] => Action::Heal,
        ["put", one, key, value] => Action::Put {
            node: node(one)?,
            key: decode(key)?,
            value: decode(value)?,
        },
        ["get", one, key] => Action::Get {
            node: node(one)?,
            key: decode(key)?,
        },
        ["delete", one, key] => Action::Delete {
            node: node(one)?,
            key: decode(key)?,
        },
        ["compact", one, revision] => Action::Compact {
            node: node(one)?,
            revision: revision.parse().ok()?,
        },
        _ => return None,
    };
    Some((at, action))
}

fn action_text((at, action): &(u64, Action)) -> String {
    let rest = match action {
        Action::Crash { node } => format!("crash:{}", node.0),
        Action::Restart { node } => format!("restart:{}", node.0),
        Action::Isolate { node } => format!("isolate:{}", node.0),
        Action::Stop { node } => format!("stop:{}", node.0),
        Action::Cut { from, to } => format!("cut:{}:{}", from.0, to.0),
        Action::Heal => "heal".to_owned(),
        // As a scenario says it.
        Action::Fault(_) | Action::Operation { .. } => {
            format!("say:{}", encode(&action.to_string()))
        }
        Action::Put { node, key, value } => {
            format!("put:{}:{}:{}", node.0, encode(key), encode(value))
        }
        Action::Get { node, key } => format!("get:{}:{}", node.0, encode(key)),
        Action::Delete { node, key } => format!("delete:{}:{}", node.0, encode(key)),
        Action::Compact { node, revision } => format!("compact:{}:{revision}", node.0),
    };
    format!("{at}:{rest}")
}

fn nodes(action: &Action) -> Vec<Node> {
    match action {
        Action::Crash { node }
        | Action::Restart { node }
        | Action::Isolate { node }
        | Action::Stop { node }
        | Action::Put { node, .. }
        | Action::Get { node, .. }
        | Action::Delete { node, .. }
        | Action::Operation { node, .. }
        | Action::Compact { node, .. } => vec![*node],
        Action::Cut { from, to } => vec![*from, *to],
        Action::Heal | Action::Fault(_) => Vec::new(),
    }
}

/// Percent-encodes all but letters, digits, `-` and `_`.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, value: &str) -> Action {
        Action::Put {
            node: Node(2),
            key: key.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn a_link_comes_back_as_it_was() {
        let link = Permalink {
            members: 5,
            seed: u64::MAX,
            at: 137,
            actions: vec![
                (12, Action::Crash { node: Node(1) }),
                (40, put("a/b c,:%&", "值=1")),
                (41, Action::Heal),
                (
                    43,
                    Action::Cut {
                        from: Node(1),
                        to: Node(5),
                    },
                ),
            ],
            world: None,
        };
        assert_eq!(Permalink::parse(&link.query()), Ok(link));
    }

    #[test]
    fn a_scenarios_link_comes_back_as_it_was() {
        let world = WorldConfig {
            members: 4,
            seed: 7,
            pre_vote: false,
            ..WorldConfig::default()
        };
        let link = Permalink {
            members: 4,
            seed: 7,
            actions: vec![
                (12, "cut n1->n2".parse().expect("a fault")),
                (
                    40,
                    "watch \"a b\" end=c at n4".parse().expect("an operation"),
                ),
            ],
            world: Some(world),
            ..Permalink::default()
        };
        let query = link.query();
        assert!(query.contains("&do=12:say:cut%20n1-%3En2,"), "{query}");
        assert_eq!(Permalink::parse(&query), Ok(link));
    }

    #[test]
    fn a_link_can_be_read() {
        let link = Permalink {
            at: 50,
            actions: vec![(12, Action::Crash { node: Node(1) }), (40, put("x", "1"))],
            ..Permalink::default()
        };
        assert_eq!(
            link.query(),
            "?members=3&seed=42&at=50&do=12:crash:1,40:put:2:x:1"
        );
    }

    #[test]
    fn what_can_be_read_of_a_wrong_link_is_read() {
        let (link, error) = Permalink::read("seed=7&members=5&at=90&do=12:crash:1,40:jump:2");
        assert_eq!((link.seed, link.members, link.at), (7, 5, 13));
        assert_eq!(link.actions, [(12, Action::Crash { node: Node(1) })]);
        assert_eq!(error.map(|error| error.wanted), Some(Wanted::Action));

        let (link, error) = Permalink::read("!seed=7&at=3&do=1:hea");
        assert_eq!((link.seed, link.actions.len()), (7, 0));
        assert_eq!(error.map(|error| error.wanted), Some(Wanted::Whole));
        let (link, error) = Permalink::read("~2.abc");
        assert_eq!(link, Permalink::default());
        assert_eq!(error.map(|error| error.wanted), Some(Wanted::Version));
        let (link, error) = Permalink::read("?embed=stage&seed=9");
        assert_eq!((link.seed, error), (9, None));
    }

    #[test]
    fn nothing_is_the_default() {
        assert_eq!(Permalink::parse(""), Ok(Permalink::default()));
        assert_eq!(Permalink::parse("?"), Ok(Permalink::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |query: &str| {
            let error = Permalink::parse(query).expect_err(query);
            (error.name, error.value, error.wanted)
        };
        let owned = |name: &str, value: &str, wanted| (name.to_owned(), value.to_owned(), wanted);
        assert_eq!(wrong("?members=8"), owned("members", "8", Wanted::Members));
        assert_eq!(wrong("?seed=-1"), owned("seed", "-1", Wanted::Seed));
        assert_eq!(wrong("?seed=+1"), owned("seed", "+1", Wanted::Seed));
        assert_eq!(wrong("?at=50001"), owned("at", "50001", Wanted::Event));
        assert_eq!(
            wrong("?colour=red"),
            owned("colour", "red", Wanted::Parameter)
        );
        assert_eq!(
            wrong("?world=members%3D9"),
            owned("world", "members%3D9", Wanted::World)
        );
        assert_eq!(
            wrong("?do=1:jump:1"),
            owned("do", "1:jump:1", Wanted::Action)
        );
        assert_eq!(
            wrong("?do=1:crash:4"),
            owned("do", "1:crash:4", Wanted::Action)
        );
        assert_eq!(
            wrong("?do=9:heal,9:crash:1"),
            owned("do", "9:crash:1", Wanted::Order)
        );
        assert_eq!(wrong("?do=0:heal"), owned("do", "0:heal", Wanted::Action));
        assert_eq!(
            wrong("?do=9:heal,1:heal"),
            owned("do", "1:heal", Wanted::Order)
        );
        assert_eq!(
            wrong("?do=1:put:1:%Z:1"),
            owned("do", "1:put:1:%Z:1", Wanted::Action)
        );
    }
}
