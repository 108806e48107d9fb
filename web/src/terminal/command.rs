//! etcdctl's commands: what each takes, and what it asks of whom.

use quorate_core::id::MemberId;
use quorate_core::member::Role;
use quorate_core::sim::{Action, Frame, Node, Operation, RevisionChoice, TxnStep};

use super::answer::{RangePart, RangeShow, Show};
use super::arguments::Arguments;
use super::words::words;
use super::{Complaint, asked_of};

/// What a line means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Typed {
    /// An empty line.
    Nothing,
    Help,
    Clear,
    /// Said as it stands.
    Text(String),
    /// A transaction begins; it is typed in the lines that follow, and asked of this member.
    Txn(Node),
    /// A lease is kept alive until Ctrl-C.
    KeepAlive(Node, i64),
    /// The last watch is to end, as by Ctrl-C.
    Interrupt,
    /// Actions, each with how its answer is shown.
    Ask(Vec<(Action, Show)>),
}

/// How each command is written, in the order of the help.
pub(crate) const HELP: [&str; 20] = [
    PUT,
    GET,
    DEL,
    "txn",
    WATCH,
    LEASE_GRANT,
    LEASE_REVOKE,
    LEASE_TIME_TO_LIVE,
    LEASE_KEEP_ALIVE,
    "lease list",
    COMPACTION,
    "member list [-w table]",
    MEMBER_ADD,
    MEMBER_PROMOTE,
    MEMBER_REMOVE,
    MOVE_LEADER,
    "endpoint status [--cluster] [-w table]",
    "alarm list | alarm disarm",
    "defrag",
    "help | clear | version",
];

pub(super) const PUT: &str = "put KEY VALUE [--lease=ID | --prev-kv]";
pub(super) const GET: &str = "get KEY [END] [--prefix | --from-key] [--rev=N] [--limit=N] [--keys-only | \
     --print-value-only | --count-only -w fields] [--consistency=s]";
pub(super) const DEL: &str = "del KEY [END] [--prefix | --from-key] [--prev-kv]";
const WATCH: &str = "watch KEY [END] [--prefix] [--rev=N]";
const LEASE_GRANT: &str = "lease grant SECONDS";
const LEASE_REVOKE: &str = "lease revoke ID";
const LEASE_TIME_TO_LIVE: &str = "lease timetolive ID [--keys]";
const LEASE_KEEP_ALIVE: &str = "lease keep-alive ID [--once]";
const COMPACTION: &str = "compaction REVISION";
const MEMBER_ADD: &str = "member add NAME [--learner]";
const MEMBER_PROMOTE: &str = "member promote MEMBER";
const MEMBER_REMOVE: &str = "member remove MEMBER";
const MOVE_LEADER: &str = "move-leader MEMBER";

/// Commands that begin a line.
const VERBS: [&str; 16] = [
    "put",
    "get",
    "del",
    "txn",
    "watch",
    "lease",
    "compaction",
    "member",
    "move-leader",
    "endpoint",
    "alarm",
    "defrag",
    "help",
    "clear",
    "version",
    "interrupt",
];

/// Commands of etcdctl that need what a page does not have.
const ELSEWHERE: [&str; 13] = [
    "auth",
    "check",
    "completion",
    "downgrade",
    "elect",
    "exec",
    "lock",
    "make-mirror",
    "migrate",
    "optional",
    "role",
    "snapshot",
    "user",
];

/// Reads a line that is asked of a member, in the world of a frame.
pub(crate) fn typed(line: &str, at: Node, frame: &Frame) -> Result<Typed, Complaint> {
    let mut words = words(line)?;
    // Who types a whole command means the same.
    if words
        .first()
        .is_some_and(|word| ["etcdctl", "quoratectl", "$"].contains(&word.as_str()))
    {
        words.remove(0);
    }
    let mut asked = Asker { at, frame };
    // As with etcdctl, the flags of all commands may stand before the command.
    while words
        .first()
        .is_some_and(|word| word.starts_with("--endpoints"))
    {
        let flag = words.remove(0);
        let value = match flag.split_once('=') {
            Some((_, value)) => value.to_owned(),
            None if words.is_empty() => return Err(Complaint::Usage(HELP[0])),
            None => words.remove(0),
        };
        asked.at = asked.endpoint(&value)?;
    }
    let Some((verb, rest)) = words.split_first() else {
        return Ok(Typed::Nothing);
    };
    match verb.as_str() {
        "put" => asked.put(rest),
        "get" => asked.get(rest),
        "del" => asked.del(rest),
        "watch" => asked.watch(rest),
        "lease" => asked.lease(rest),
        "compaction" | "compact" => asked.compaction(rest),
        "member" => asked.member(rest),
        "move-leader" => asked.move_leader(rest),
        "endpoint" => asked.endpoint_command(rest),
        "alarm" => asked.alarm(rest),
        "defrag" => asked.simple(rest, "defrag", Operation::Defragment),
        "txn" => {
            let arguments = Arguments::read(rest, &["interactive", "i"], "txn")?;
            no_more(&arguments, "txn")?;
            Ok(Typed::Txn(asked.of(&arguments)?))
        }
        "help" | "--help" | "-h" | "?" => Ok(Typed::Help),
        "clear" => Ok(Typed::Clear),
        "interrupt" => Ok(Typed::Interrupt),
        "version" => Ok(Typed::Text(format!(
            "etcdctl version: {}\nAPI version: 3.6",
            quorate_core::version::ServerVersion::CLAIMED
        ))),
        other if ELSEWHERE.contains(&other) => Err(Complaint::NotHere(other.to_owned())),
        other => Err(Complaint::Unknown {
            word: other.to_owned(),
            near: nearest(other),
        }),
    }
}

/// Whom a line asks.
struct Asker<'a> {
    at: Node,
    frame: &'a Frame,
}

impl Asker<'_> {
    fn put(&self, words: &[String]) -> Result<Typed, Complaint> {
        let arguments = Arguments::read(words, &["lease=", "prev-kv"], PUT)?;
        let [key, value] = arguments.rest.as_slice() else {
            return Err(Complaint::Usage(PUT));
        };
        let node = self.of(&arguments)?;
        let (key, value) = (key.clone(), value.clone());
        if arguments.has("prev-kv") {
            if arguments.value("lease").is_some() {
                return Err(Complaint::Both("--lease", "--prev-kv"));
            }
            let end = String::new();
            return Ok(after_reading(
                node,
                key.clone(),
                end,
                TxnStep::Put { key, value },
            ));
        }
        ask(match arguments.value("lease") {
            None => Action::Put { node, key, value },
            Some(lease) => Action::Operation {
                node,
                operation: Operation::PutWithLease {
                    key,
                    value,
                    lease: lease_id(lease)?,
                },
            },
        })
    }

    fn get(&self, words: &[String]) -> Result<Typed, Complaint> {
        let known = [
            "prefix",
            "from-key",
            "rev=",
            "keys-only",
            "print-value-only",
            "consistency=",
            "limit=",
            "count-only",
        ];
        let arguments = Arguments::read(words, &known, GET)?;
        let (key, end) = range_end(&arguments, GET)?;
        let show = Show::Range(RangeShow {
            part: range_part(&arguments)?,
            limit: number(&arguments, "limit", "--limit")?.unwrap_or(0),
        });
        let serializable = match arguments.value("consistency") {
            None | Some("l") => false,
            Some("s") => true,
            Some(_) => return Err(Complaint::Usage(GET)),
        };
        let operation = Operation::Range {
            key,
            end,
            revision: revision(&arguments)?,
            serializable,
        };
        let node = self.of(&arguments)?;
        let action = Action::Operation { node, operation };
        Ok(Typed::Ask(vec![(action, show)]))
    }

    fn del(&self, words: &[String]) -> Result<Typed, Complaint> {
        let arguments = Arguments::read(words, &["prefix", "from-key", "prev-kv"], DEL)?;
        let (key, end) = range_end(&arguments, DEL)?;
        if arguments.has("prev-kv") {
            let step = TxnStep::Delete {
                key: key.clone(),
                end: end.clone(),
            };
            return Ok(after_reading(self.of(&arguments)?, key, end, step));
        }
        self.operate(&arguments, Operation::DeleteRange { key, end })
    }

    fn watch(&self, words: &[String]) -> Result<Typed, Complaint> {
        let arguments = Arguments::read(words, &["prefix", "rev="], WATCH)?;
        let (key, end) = range_end(&arguments, WATCH)?;
        let revision = revision(&arguments)?;
        self.operate(&arguments, Operation::Watch { key, end, revision })
    }

    fn lease(&self, words: &[String]) -> Result<Typed, Complaint> {
        let Some((verb, rest)) = words.split_first() else {
            return Err(Complaint::Usage(LEASE_GRANT));
        };
        let one = |usage: &'static str, flags: &[&str]| {
            let arguments = Arguments::read(rest, flags, usage)?;
            match arguments.rest.as_slice() {
                [one] => Ok((one.clone(), arguments)),
                _ => Err(Complaint::Usage(usage)),
            }
        };
        match verb.as_str() {
            "grant" => {
                let (text, arguments) = one(LEASE_GRANT, &[])?;
                let ttl_seconds = text.parse().map_err(|_| Complaint::Number {
                    text,
                    of: "SECONDS",
                })?;
                let operation = Operation::LeaseGrant {
                    lease: 0,
                    ttl_seconds,
                };
                self.operate(&arguments, operation)
            }
            "revoke" => {
                let (text, arguments) = one(LEASE_REVOKE, &[])?;
                let lease = lease_id(&text)?;
                self.operate(&arguments, Operation::LeaseRevoke { lease })
            }
            "timetolive" => {
                let (text, arguments) = one(LEASE_TIME_TO_LIVE, &["keys"])?;
                let show = match arguments.has("keys") {
                    true => Show::WithKeys,
                    false => Show::Plain,
                };
                let lease = lease_id(&text)?;
                let operation = Operation::LeaseTimeToLive { lease };
                let node = self.of(&arguments)?;
                let action = Action::Operation { node, operation };
                Ok(Typed::Ask(vec![(action, show)]))
            }
            "keep-alive" => {
                let (text, arguments) = one(LEASE_KEEP_ALIVE, &["once"])?;
                let lease = lease_id(&text)?;
                match arguments.has("once") {
                    true => self.operate(&arguments, Operation::LeaseKeepAlive { lease }),
                    false => Ok(Typed::KeepAlive(self.of(&arguments)?, lease)),
                }
            }
            "list" => self.simple(rest, "lease list", Operation::LeaseList),
            _ => Err(Complaint::Usage(
                "lease grant | revoke | timetolive | keep-alive | list",
            )),
        }
    }

    fn compaction(&self, words: &[String]) -> Result<Typed, Complaint> {
        let arguments = Arguments::read(words, &["physical"], COMPACTION)?;
        let [text] = arguments.rest.as_slice() else {
            return Err(Complaint::Usage(COMPACTION));
        };
        let number = text.parse().map_err(|_| Complaint::Number {
            text: text.clone(),
            of: "REVISION",
        })?;
        let node = self.of(&arguments)?;
        ask(Action::Compact {
            node,
            revision: RevisionChoice::Number(number),
        })
    }

    fn member(&self, words: &[String]) -> Result<Typed, Complaint> {
        let Some((verb, rest)) = words.split_first() else {
            return Err(Complaint::Usage("member list | add | promote | remove"));
        };
        match verb.as_str() {
            "list" => self.simple(rest, "member list [-w table]", Operation::MemberList),
            "add" => {
                let arguments = Arguments::read(rest, &["learner"], MEMBER_ADD)?;
                let [name] = arguments.rest.as_slice() else {
                    return Err(Complaint::Usage(MEMBER_ADD));
                };
                let operation = Operation::MemberAdd {
                    new: self.new_node(name)?,
                    learner: arguments.has("learner"),
                };
                self.operate(&arguments, operation)
            }
            "promote" => {
                let (target, arguments) = self.target(rest, MEMBER_PROMOTE)?;
                self.operate(&arguments, Operation::MemberPromote { target })
            }
            "remove" => {
                let (target, arguments) = self.target(rest, MEMBER_REMOVE)?;
                self.operate(&arguments, Operation::MemberRemove { target })
            }
            _ => Err(Complaint::Usage("member list | add | promote | remove")),
        }
    }

    fn move_leader(&self, words: &[String]) -> Result<Typed, Complaint> {
        let (target, arguments) = self.target(words, MOVE_LEADER)?;
        // As etcdctl does: it looks for the leader among its endpoints, and asks that one.
        let leaders = self.frame.members.iter().filter_map(|member| {
            let view = member.view.as_ref()?;
            (view.role == Role::Leader).then_some((view.term, member.node))
        });
        let leader = leaders.max().map(|(_, node)| node);
        let node = match (arguments.value("endpoints"), leader) {
            (None, Some(leader)) => leader,
            _ => self.of(&arguments)?,
        };
        let operation = Operation::MoveLeader { target };
        ask(Action::Operation { node, operation })
    }

    fn endpoint_command(&self, words: &[String]) -> Result<Typed, Complaint> {
        const USAGE: &str = "endpoint status [--cluster] [-w table]";
        let Some(("status", rest)) = words
            .split_first()
            .map(|(verb, rest)| (verb.as_str(), rest))
        else {
            return Err(Complaint::Usage(USAGE));
        };
        let arguments = Arguments::read(rest, &["cluster"], USAGE)?;
        no_more(&arguments, USAGE)?;
        let nodes = if arguments.has("cluster") {
            let members = self.frame.members.iter();
            members.map(|member| member.node).collect()
        } else {
            vec![self.of(&arguments)?]
        };
        let show = show(&arguments)?;
        let questions = nodes.into_iter().map(|node| {
            let operation = Operation::Status;
            (Action::Operation { node, operation }, show)
        });
        Ok(Typed::Ask(questions.collect()))
    }

    fn alarm(&self, words: &[String]) -> Result<Typed, Complaint> {
        let Some((verb, rest)) = words.split_first() else {
            return Err(Complaint::Usage("alarm list | alarm disarm"));
        };
        match verb.as_str() {
            "list" => self.simple(rest, "alarm list", Operation::AlarmList),
            "disarm" => {
                let arguments = Arguments::read(rest, &[], "alarm disarm")?;
                no_more(&arguments, "alarm disarm")?;
                let node = self.of(&arguments)?;
                let members = self.frame.members.iter();
                let raised = members
                    .filter_map(|member| member.view.as_ref())
                    .map(|view| &view.alarms)
                    .max_by_key(|alarms| alarms.len());
                let questions = raised.into_iter().flatten().filter_map(|raised| {
                    let target = self.node_of(raised.member)?;
                    let alarm = raised.alarm;
                    let operation = Operation::AlarmDisarm { alarm, target };
                    Some((Action::Operation { node, operation }, Show::Plain))
                });
                let questions: Vec<_> = questions.collect();
                Ok(match questions.is_empty() {
                    true => Typed::Text(String::new()),
                    false => Typed::Ask(questions),
                })
            }
            _ => Err(Complaint::Usage("alarm list | alarm disarm")),
        }
    }

    fn simple(
        &self,
        words: &[String],
        usage: &'static str,
        operation: Operation,
    ) -> Result<Typed, Complaint> {
        let arguments = Arguments::read(words, &[], usage)?;
        no_more(&arguments, usage)?;
        let node = self.of(&arguments)?;
        let action = Action::Operation { node, operation };
        Ok(Typed::Ask(vec![(action, show(&arguments)?)]))
    }

    fn operate(&self, arguments: &Arguments, operation: Operation) -> Result<Typed, Complaint> {
        let node = self.of(arguments)?;
        ask(Action::Operation { node, operation })
    }

    /// Whom the line asks: `--endpoints`, or else whoever the terminal is at.
    fn of(&self, arguments: &Arguments) -> Result<Node, Complaint> {
        match arguments.value("endpoints") {
            Some(endpoints) => self.endpoint(endpoints),
            None => Ok(self.at),
        }
    }

    /// The first of some endpoints.
    fn endpoint(&self, endpoints: &str) -> Result<Node, Complaint> {
        self.named(endpoints.split(',').next().unwrap_or(endpoints))
    }

    fn target(
        &self,
        words: &[String],
        usage: &'static str,
    ) -> Result<(Node, Arguments), Complaint> {
        let arguments = Arguments::read(words, &[], usage)?;
        match arguments.rest.as_slice() {
            [text] => Ok((self.named(text)?, arguments)),
            _ => Err(Complaint::Usage(usage)),
        }
    }

    /// A member by its name, or by its id as etcdctl writes it.
    fn named(&self, text: &str) -> Result<Node, Complaint> {
        let mut members = self.frame.members.iter();
        let found = members.find(|member| {
            member.node.to_string() == text || member.id.to_string() == text.to_lowercase()
        });
        let found = found.map(|member| member.node);
        found.ok_or_else(|| Complaint::Member(text.to_owned()))
    }

    fn node_of(&self, id: MemberId) -> Option<Node> {
        let mut members = self.frame.members.iter();
        members
            .find(|member| member.id == id)
            .map(|member| member.node)
    }

    /// A machine that comes to the world; one that was asked for before may be asked for again.
    fn new_node(&self, name: &str) -> Result<Node, Complaint> {
        let next = Node(self.frame.members.len() as u32 + 1);
        if name == next.to_string() {
            return Ok(next);
        }
        self.named(name).map_err(|_| Complaint::NewName {
            text: name.to_owned(),
            next: next.to_string(),
        })
    }
}

fn ask(action: Action) -> Result<Typed, Complaint> {
    debug_assert!(asked_of(&action).is_some(), "it asks somebody");
    Ok(Typed::Ask(vec![(action, Show::Plain)]))
}

fn no_more(arguments: &Arguments, usage: &'static str) -> Result<(), Complaint> {
    match arguments.rest.is_empty() {
        true => Ok(()),
        false => Err(Complaint::Usage(usage)),
    }
}

/// How an answer is to be written.
fn show(arguments: &Arguments) -> Result<Show, Complaint> {
    match arguments.value("write-out").or(arguments.value("w")) {
        None | Some("simple") => Ok(Show::Plain),
        Some("table") => Ok(Show::Table),
        Some(other) => Err(Complaint::Format(other.to_owned())),
    }
}

/// A write that tells what there was before: read and write in one transaction, as the simulated
/// client has no such flag. Nobody can come between the two.
fn after_reading(node: Node, key: String, end: String, write: TxnStep) -> Typed {
    let operation = Operation::Txn {
        compare: Vec::new(),
        success: vec![TxnStep::Get { key, end }, write],
        failure: Vec::new(),
    };
    Typed::Ask(vec![(Action::Operation { node, operation }, Show::Before)])
}

/// What of a range is shown; as with etcdctl, a count alone needs the fields.
fn range_part(arguments: &Arguments) -> Result<RangePart, Complaint> {
    let [keys, values, count] =
        ["keys-only", "print-value-only", "count-only"].map(|flag| arguments.has(flag));
    let fields = match arguments.value("write-out").or(arguments.value("w")) {
        None | Some("simple") => false,
        Some("fields") => true,
        Some(other) => return Err(Complaint::Format(other.to_owned())),
    };
    match (keys, values, count, fields) {
        (true, true, ..) => Err(Complaint::Both("--keys-only", "--print-value-only")),
        (true, _, true, _) => Err(Complaint::Both("--keys-only", "--count-only")),
        (_, true, true, _) => Err(Complaint::Both("--print-value-only", "--count-only")),
        (_, _, true, true) => Ok(RangePart::Count),
        (_, _, true, false) => Err(Complaint::Usage("get KEY --count-only -w fields")),
        (_, true, _, true) => Err(Complaint::Usage("get KEY --print-value-only")),
        (keys, _, _, true) => Ok(RangePart::Fields { values: !keys }),
        (true, ..) => Ok(RangePart::KeysOnly),
        (_, true, ..) => Ok(RangePart::ValuesOnly),
        _ => Ok(RangePart::KeysAndValues),
    }
}

/// `--rev`; without it, the newest.
fn revision(arguments: &Arguments) -> Result<RevisionChoice, Complaint> {
    let number = number(arguments, "rev", "--rev")?;
    Ok(number.map_or(RevisionChoice::DEFAULT, RevisionChoice::Number))
}

/// A flag's number, where it stands.
fn number<Number: std::str::FromStr>(
    arguments: &Arguments,
    name: &str,
    of: &'static str,
) -> Result<Option<Number>, Complaint> {
    let Some(text) = arguments.value(name) else {
        return Ok(None);
    };
    let number = text.parse().map_err(|_| Complaint::Number {
        text: text.to_owned(),
        of,
    })?;
    Ok(Some(number))
}

/// A key, and the end of its range.
pub(super) fn range_end(
    arguments: &Arguments,
    usage: &'static str,
) -> Result<(String, String), Complaint> {
    let (prefix, from_key) = (arguments.has("prefix"), arguments.has("from-key"));
    if prefix && from_key {
        return Err(Complaint::Both("--prefix", "--from-key"));
    }
    match arguments.rest.as_slice() {
        [key] if from_key || (prefix && key.is_empty()) => {
            // As in etcd, a zero byte stands for no end, and for the first key there can be.
            let first = if key.is_empty() { "\0" } else { key };
            Ok((first.to_owned(), "\0".to_owned()))
        }
        [key] if prefix => Ok((key.clone(), after_prefix(key))),
        [key] => Ok((key.clone(), String::new())),
        [key, end] if !prefix && !from_key => Ok((key.clone(), end.clone())),
        _ => Err(Complaint::Usage(usage)),
    }
}

/// The first key behind all that begin so. Keys here are texts, so the last letter that has one
/// after it is raised.
fn after_prefix(prefix: &str) -> String {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        let after = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(after) = after {
            letters.push(after);
            return letters.into_iter().collect();
        }
    }
    "\0".to_owned()
}

/// A lease's id as etcdctl writes it.
pub(super) fn lease_id(text: &str) -> Result<i64, Complaint> {
    i64::from_str_radix(text, 16).map_err(|_| Complaint::Lease(text.to_owned()))
}

/// The command that was perhaps meant: it begins alike, or has a letter too many, too few or wrong.
fn nearest(word: &str) -> Option<&'static str> {
    let similar = |verb: &&&'static str| {
        let begins = word.len() >= 2 && verb.starts_with(word);
        begins || distance(word, verb) <= usize::from(verb.len() > 3) + 1
    };
    match word {
        "delete" | "rm" => Some("del"),
        "set" => Some("put"),
        "leader" => Some("move-leader"),
        "status" => Some("endpoint status"),
        _ => VERBS
            .iter()
            .filter(similar)
            .min_by_key(|verb| distance(word, verb))
            .copied(),
    }
}

/// How many letters differ, at least (Levenshtein).
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (at, letter) in one.chars().take(40).enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, other) in two.iter().enumerate() {
            let kept = corner + usize::from(letter != *other);
            corner = row[column + 1];
            row[column + 1] = kept.min(corner + 1).min(row[column] + 1);
        }
    }
    row[two.len()]
}
