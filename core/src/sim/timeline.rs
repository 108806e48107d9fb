//! A history that can be walked in both directions, and forked.

use std::sync::Arc;

use super::action::Action;
use super::config::WorldConfig;
use super::frame::Frame;
use super::halt::{Halt, WorldError};
use super::history::History;
use super::world::World;
use crate::collections::BTreeMap;

/// A position in a history.
///
/// A world cannot be turned back, so going back means to let the same things happen again. Two
/// stores make that cheap: the pictures of the last few hundred events, and a few worlds left
/// behind at earlier places, from the nearest of which one can walk. A world that walks leaves no
/// copy behind, so whoever has a quiet moment calls [`Timeline::tend`]: it lets others walk to
/// where they are missed most.
#[derive(Debug)]
pub struct Timeline {
    history: History,
    /// Where we stand: so many events have happened.
    position: u64,
    /// How far this history has been seen.
    end: u64,
    /// Worlds of this history by how many events have happened in each.
    worlds: BTreeMap<u64, Box<World>>,
    /// A world on its way to an event where one is missed.
    walker: Option<(Box<World>, u64)>,
    /// Pictures by their events, not far from the position.
    frames: BTreeMap<u64, Arc<Frame>>,
    branches: Vec<Branch>,
}

/// A future that was left when somebody acted in its past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// What had been done in it.
    pub history: History,
    /// How far it had been seen.
    pub end: u64,
    /// Behind which event it was left.
    pub left_after: u64,
}

impl Timeline {
    /// The beginning of a new history.
    pub fn new(config: WorldConfig) -> Result<Self, WorldError> {
        Self::of(History::new(config))
    }

    /// The beginning of a history that is known already.
    pub fn of(history: History) -> Result<Self, WorldError> {
        let world = history.begin()?;
        let position = world.event_count();
        Ok(Self {
            history,
            position,
            end: position,
            worlds: BTreeMap::from([(position, Box::new(world))]),
            walker: None,
            frames: BTreeMap::new(),
            branches: Vec::new(),
        })
    }

    /// What has been done, and what is still planned, in this branch.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Where we stand: how many events have happened.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The last event of this branch that has been seen.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The branches that were left, oldest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The picture at this position.
    pub fn frame(&mut self) -> Arc<Frame> {
        if let Some(frame) = self.frames.get(&self.position) {
            return Arc::clone(frame);
        }
        let frame = Arc::new(self.world().frame());
        self.remember(Arc::clone(&frame));
        frame
    }

    /// The world at this position.
    pub fn world(&mut self) -> &World {
        self.reach(self.position);
        &self.worlds[&self.position]
    }

    /// One event forward: the action that was taken there, or what happens by itself.
    pub fn step_forward(&mut self) -> Result<(), Halt> {
        if self.position < self.end {
            self.position += 1;
            return Ok(());
        }
        self.reach(self.position);
        let mut world = self.take(self.position);
        let result = self.history.advance(&mut world);
        self.position = world.event_count();
        self.end = self.end.max(self.position);
        self.worlds.insert(self.position, world);
        result
    }

    /// One event back; false at the beginning.
    pub fn step_back(&mut self) -> bool {
        if self.position <= FIRST_EVENT {
            return false;
        }
        self.position -= 1;
        true
    }

    /// Goes to the place after so many events; beyond the end, lets them happen. Stops where the
    /// world halts.
    pub fn seek(&mut self, event: u64) -> Result<(), Halt> {
        if event <= self.end {
            self.position = event.max(FIRST_EVENT);
            return Ok(());
        }
        self.position = self.end;
        while self.position < event {
            self.step_forward()?;
        }
        Ok(())
    }

    /// Does something here. In the past this forks: the future that was is kept as a branch, and
    /// another one begins.
    pub fn act(&mut self, action: Action) -> Result<(), Halt> {
        let violation = self.world().violation().cloned();
        if let Some(violation) = violation {
            return Err(Halt::Violated(violation));
        }
        let is_planned = self.history.actions.iter();
        let has_future = self.end > self.position
            || is_planned
                .last()
                .is_some_and(|last| last.after_event >= self.position);
        if has_future {
            self.branches.push(Branch {
                history: self.history.clone(),
                end: self.end,
                left_after: self.position,
            });
        }
        let position = self.position;
        self.history.act_after(position, action);
        self.end = position;
        self.forget_after(position);
        self.step_forward()
    }

    /// Goes over to a branch that was left, to where it parts from this one, which is kept in its
    /// place. False when there is no such branch.
    pub fn switch(&mut self, branch: usize) -> bool {
        let Some(there) = self.branches.get_mut(branch) else {
            return false;
        };
        let (history, end) = (there.history.clone(), there.end);
        let left = (self.history.clone(), self.end);
        if !self.go_over(history, end) {
            return false;
        }
        let there = &mut self.branches[branch];
        (there.history, there.end) = left;
        there.left_after = self.position;
        true
    }

    /// Goes over to another history of the same settings, which has been seen up to an event, to
    /// where it parts from this one. What both have in common need not be made again; this one is
    /// kept by nobody. False when the settings are others.
    pub fn go_over(&mut self, history: History, end: u64) -> bool {
        if history.config != self.history.config {
            return false;
        }
        let common = history.common_events(&self.history);
        let fork = common.min(end).min(self.end);
        self.history = history;
        self.end = end;
        self.position = fork;
        self.forget_after(fork);
        true
    }

    /// Uses a quiet moment: lets a world walk, over at most so many events, to the middle of the
    /// widest stretch that has none, so that a jump into it will be short. False when no world is
    /// missed anywhere.
    pub fn tend(&mut self, most: u64) -> bool {
        let walker = self.walker.take();
        let Some((mut world, goal)) = walker.or_else(|| self.send_walker()) else {
            return false;
        };
        let last = world.event_count().saturating_add(most).min(goal);
        while world.event_count() < last {
            if self.history.advance(&mut world).is_err() {
                return false;
            }
        }
        if world.event_count() == goal {
            self.worlds.insert(goal, world);
            self.thin_out();
        } else {
            self.walker = Some((world, goal));
        }
        true
    }

    fn send_walker(&self) -> Option<(Box<World>, u64)> {
        let goal = self.missed()?;
        Some((self.begin(), goal))
    }

    /// The middle of the widest stretch without a world, if a world there is worth its way.
    fn missed(&self) -> Option<u64> {
        let ends = self.worlds.keys().copied().chain([self.end]);
        let mut before = FIRST_EVENT;
        let mut widest = (0, FIRST_EVENT);
        for at in ends {
            widest = widest.max((at.saturating_sub(before), before));
            before = before.max(at);
        }
        let (width, begin) = widest;
        // Another world has to go for it where there are enough: that must not leave a stretch
        // that is as wide again.
        let is_full = self.worlds.len() >= WORLDS_MAX;
        let is_gain = !is_full || self.least().is_some_and(|(gap, _)| 2 * gap < width);
        (width > STRETCH_EVENTS && is_gain).then_some(begin + width / 2)
    }

    /// The world that is missed least: without it the stretch would be so wide.
    fn least(&self) -> Option<(u64, u64)> {
        let kept = [self.position, self.end];
        let behind = self.worlds.keys().copied().skip(1).chain([self.end]);
        let before = [FIRST_EVENT].into_iter().chain(self.worlds.keys().copied());
        let worlds = self.worlds.keys().copied();
        let gaps = before.zip(worlds).zip(behind);
        gaps.filter(|((_, at), _)| !kept.contains(at))
            .map(|((before, at), behind)| (behind.max(at) - before.min(at), at))
            .min()
    }

    fn forget_after(&mut self, event: u64) {
        self.worlds.retain(|at, _| *at <= event);
        self.frames.retain(|at, _| *at <= event);
        // Where it goes there may be nothing any more.
        self.walker = self.walker.take().filter(|(_, goal)| *goal <= event);
    }

    /// Makes sure that there is a world at an event that has been seen.
    fn reach(&mut self, event: u64) {
        if self.worlds.contains_key(&event) {
            return;
        }
        let nearest = self.worlds.range(..event).next_back().map(|(at, _)| *at);
        let mut world = match nearest {
            Some(at) => self.take(at),
            None => self.begin(),
        };
        while world.event_count() < event && self.history.advance(&mut world).is_ok() {
            if world.event_count() + FRAMES_BEHIND > event {
                self.remember(Arc::new(world.frame()));
            }
        }
        self.worlds.insert(world.event_count(), world);
        self.thin_out();
    }

    fn take(&mut self, event: u64) -> Box<World> {
        self.worlds.remove(&event).unwrap_or_else(|| self.begin())
    }

    fn begin(&self) -> Box<World> {
        let world = self.history.begin();
        Box::new(world.expect("the settings were good when the timeline was made"))
    }

    /// Keeps a picture, and of the others those that are nearest to it.
    fn remember(&mut self, frame: Arc<Frame>) {
        let event = frame.event_count;
        self.frames.insert(event, frame);
        while self.frames.len() > FRAMES_MAX {
            let first = self.frames.first_key_value().map_or(event, |(at, _)| *at);
            let last = self.frames.last_key_value().map_or(event, |(at, _)| *at);
            if event - first > last - event {
                self.frames.pop_first();
            } else {
                self.frames.pop_last();
            }
        }
    }

    /// Lets go of worlds that are missed least.
    fn thin_out(&mut self) {
        while self.worlds.len() > WORLDS_MAX
            && let Some((_, at)) = self.least()
        {
            self.worlds.remove(&at);
        }
    }
}

/// The first event, the members' start, has always happened.
const FIRST_EVENT: u64 = 1;
/// How many pictures are made on the way to an earlier place: so many steps back are then free.
const FRAMES_BEHIND: u64 = 256;
/// How many pictures are kept.
const FRAMES_MAX: usize = 600;
/// How many worlds are kept.
const WORLDS_MAX: usize = 16;
/// A shorter way needs no world on it.
const STRETCH_EVENTS: u64 = 500;
