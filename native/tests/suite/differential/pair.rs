//! Both servers, side by side.

use serde_json::Value;

use super::answer::Answer;
use super::intended::Intended;
use super::model::{Model, Watched};
use super::operation::Operation;
use super::side::Side;
use super::watches::LOST;

/// etcd, Quorate, and what is known of both while they agree.
pub(super) struct Pair {
    theirs: Side,
    ours: Side,
    pub(super) model: Model,
}

impl Pair {
    pub(super) async fn new(etcd: u16, quorate: u16) -> Self {
        Self {
            theirs: Side::new(etcd).await,
            ours: Side::new(quorate).await,
            model: Model {
                revision: 1,
                compacted: -1,
                ..Model::default()
            },
        }
    }

    /// Asks both, and compares; says what differs.
    pub(super) async fn perform(&mut self, operation: Operation) -> Result<(), String> {
        let waits_for_watches = matches!(
            operation,
            Operation::Settle
                | Operation::Compact(_)
                | Operation::Cancel(..)
                | Operation::EndStream(_)
                | Operation::Progress(_)
        );
        if waits_for_watches {
            self.settle().await?;
        }
        if matches!(operation, Operation::Compact(_)) {
            self.cancel_unsynced().await?;
        }
        self.perform_now(operation).await
    }

    /// Ends the watches of which nobody knows whether a compaction would end them.
    async fn cancel_unsynced(&mut self) -> Result<(), String> {
        let mut unsynced = Vec::new();
        for (stream, watches) in &self.model.streams {
            let of_stream = watches.iter().filter(|(_, watched)| !watched.is_synced);
            unsynced.extend(of_stream.map(|(id, _)| Operation::Cancel(*stream, *id)));
        }
        for cancel in unsynced {
            self.perform_now(cancel).await?;
        }
        Ok(())
    }

    async fn perform_now(&mut self, operation: Operation) -> Result<(), String> {
        let (theirs, ours) = tokio::join!(self.theirs.ask(&operation), self.ours.ask(&operation));
        // Both may have said nothing at all.
        let is_lost = [&theirs, &ours]
            .into_iter()
            .any(|answer| matches!(answer, Err((LOST, _))));
        let differs = theirs != ours && Intended::explains(&operation, &theirs, &ours).is_none();
        if differs || is_lost {
            return Err(format!(
                "{}\n  etcd: {}\n  ours: {}",
                super::brief(format!("{operation:?}")),
                shown(&theirs),
                shown(&ours)
            ));
        }
        if let Ok(answer) = &theirs {
            self.learn(&operation, answer);
        }
        Ok(())
    }

    /// Keeps the model up.
    fn learn(&mut self, operation: &Operation, answer: &Value) {
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<i64>().ok());
        if let Some(revision) = number(&answer["header"]["revision"]) {
            self.model.revision = self.model.revision.max(revision);
        }
        let model = &mut self.model;
        match operation {
            Operation::Compact(request) => model.compacted = request.revision,
            Operation::Grant(..) => {
                model.leases.extend(number(&answer["ID"]));
            }
            Operation::Revoke(id) => {
                model.leases.remove(id);
            }
            Operation::NoSpace(is_raised) => model.has_alarm = *is_raised,
            Operation::Lock(_) => {
                let lock = serde_json::from_value(answer.clone());
                let lock: quorate_api::v3lockpb::LockResponse = lock.unwrap();
                model.locks.push(lock.key);
            }
            Operation::Campaign(_) => {
                let won = serde_json::from_value(answer.clone());
                let won: quorate_api::v3electionpb::CampaignResponse = won.unwrap();
                model.leaders.extend(won.leader);
            }
            Operation::BeginStream => {
                let number = model.begun;
                model.begun += 1;
                model.streams.insert(number, Default::default());
            }
            Operation::EndStream(stream) => {
                model.streams.remove(stream);
            }
            Operation::Watch(stream, create) if answer.get("canceled").is_none() => {
                let mut watched = Watched::new(create, model);
                // Events are compared from the first that it can hear on.
                watched.compared = self.theirs.streams.events.partition_point(|event| {
                    event.kv.as_ref().unwrap().mod_revision < watched.from
                });
                let id = number(&answer["watch_id"]).unwrap_or(0);
                model.streams.get_mut(stream).unwrap().insert(id, watched);
            }
            Operation::Cancel(stream, id) => {
                model.streams.get_mut(stream).unwrap().remove(id);
            }
            _ => {}
        }
    }

    /// Waits until every watch has heard what it should, and compares it.
    async fn settle(&mut self) -> Result<(), String> {
        let revision = self.model.revision;
        for (name, side) in [("etcd", &mut self.theirs), ("ours", &mut self.ours)] {
            let caught_up = side.streams.catch_up(revision).await;
            caught_up.map_err(|text| format!("a watch of everything, {name}: {text}"))?;
        }
        let (theirs, ours) = (&self.theirs.streams.events, &self.ours.streams.events);
        let differs = (self.model.compared..theirs.len().max(ours.len())).find(|at| {
            let plain = |side: &Side| {
                side.streams
                    .events
                    .get(*at)
                    .map(|event| side.plain_event(event))
            };
            plain(&self.theirs) != plain(&self.ours)
        });
        if let Some(at) = differs {
            return Err(format!(
                "a watch of everything, event {at}\n  etcd: {:?}\n  ours: {:?}",
                theirs.get(at),
                ours.get(at)
            ));
        }
        self.model.compared = theirs.len();
        let mut streams = std::mem::take(&mut self.model.streams);
        for (stream, watches) in &mut streams {
            let ids: Vec<i64> = watches.keys().copied().collect();
            for id in ids {
                let watched = watches.get_mut(&id).unwrap();
                self.compare_watch(*stream, id, watched).await?;
                if watched.is_compacted {
                    watches.remove(&id);
                    self.theirs.streams.forget(*stream, id);
                    self.ours.streams.forget(*stream, id);
                }
            }
        }
        self.model.streams = streams;
        Ok(())
    }

    async fn compare_watch(
        &mut self,
        stream: usize,
        id: i64,
        watched: &mut Watched,
    ) -> Result<(), String> {
        let all = &self.theirs.streams.events;
        let news = &all[watched.compared.min(all.len())..];
        let expected: Vec<Value> = news
            .iter()
            .filter(|event| watched.hears(event))
            .map(place)
            .collect();
        watched.compared = all.len().max(watched.compared);
        watched.is_synced |= !expected.is_empty();
        let (count, is_over) = (expected.len(), watched.is_compacted);
        let theirs = self.theirs.streams.heard(stream, id, count, is_over).await;
        let ours = self.ours.streams.heard(stream, id, count, is_over).await;
        let end = |heard: &super::watches::Heard| {
            heard
                .end
                .as_ref()
                .map(|end| (end.compact_revision, end.canceled))
        };
        let differs = |what: &str| {
            Err(format!(
                "watch {id} of stream {stream}, {watched:?}: {what}\n  etcd: {:?} {:?}\n  \
                 ours: {:?} {:?}",
                theirs.events, theirs.end, ours.events, ours.end
            ))
        };
        if end(&theirs) != end(&ours) {
            return differs("they end in different ways");
        }
        let plain = |side: &Side, heard: &super::watches::Heard| -> Vec<Value> {
            heard
                .events
                .iter()
                .map(|event| side.plain_event(event))
                .collect()
        };
        if plain(&self.theirs, &theirs) != plain(&self.ours, &ours) {
            return differs("they hear different events");
        }
        let places: Vec<Value> = ours.events.iter().map(place).collect();
        if places != expected {
            return differs("both do not hear what there was");
        }
        Ok(())
    }
}

/// Which event it is.
fn place(event: &quorate_api::mvccpb::Event) -> Value {
    let kv = event.kv.as_ref().unwrap();
    serde_json::json!([event.r#type, kv.key.as_ref(), kv.mod_revision])
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err((code, text)) => format!("error {code}: {text}"),
    }
}
