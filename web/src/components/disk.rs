//! The selected member's disk: segments of the log with their records, snapshots with their
//! chunks, and which of the bytes a crash cannot take.

use quorate_core::offline::LogLineKind;
use quorate_core::sim::{FileFrame, Frame, MemberFrame, RecordView, SegmentView, SnapshotView};
use yew::prelude::*;

use super::View;
use super::message::term_class;
use crate::details::{name_of, with_names};
use crate::text::ToolWords;

/// Records of a segment that are shown; of a longer one, the last.
const RECORDS: usize = 60;

/// The disk.
pub(crate) fn disk(view: &View<'_>) -> Html {
    let words = view.tools();
    let frame = view.frame();
    let member = frame.member(view.state.selected);
    let (Some(member), Some(disk)) = (member, &view.state.details.disk) else {
        return html! { <p class="hint">{ words.no_files }</p> };
    };
    html! {
        <div class="disk" data-testid="disk">
            <p class="of-whom">
                <b>{ member.node.to_string() }</b>
                <span class="durability">
                    <i class="sample entry term-3 memory"></i>{ view.words().in_memory }
                    <i class="sample entry term-3 written"></i>{ view.words().written }
                    <i class="sample entry term-3 synced"></i>{ view.words().synced }
                </span>
            </p>
            <h3>{ words.segments }</h3>
            { for disk.segments.iter().map(|segment| self::segment(words, frame, segment)) }
            { memory(view, member) }
            <h3>{ words.snapshots }</h3>
            if disk.snapshots.is_empty() { <p class="hint">{ words.no_snapshots }</p> }
            { for disk.snapshots.iter().map(|snapshot| self::snapshot(words, snapshot)) }
            if !disk.others.is_empty() {
                <h3>{ words.other_files }</h3>
                { for disk.others.iter().map(|other| file(words, other, None)) }
            }
        </div>
    }
}

/// A file's name, its length, and how much of it is durable.
fn file(words: &ToolWords, file: &FileFrame, good: Option<bool>) -> Html {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let (folder, name) = (file.path.trim_end_matches(name).to_owned(), name.to_owned());
    let share = 100 * file.durable_bytes / file.length_bytes.max(1);
    let unsynced = file.length_bytes - file.durable_bytes.min(file.length_bytes);
    html! {
        <p class="file" title={format!("{folder}{name}")}>
            <code>{ name }</code>
            <span class="durable" aria-hidden="true"><i style={format!("width:{share}%")}></i></span>
            <span>{ format!("{} {}", file.length_bytes, words.bytes) }</span>
            if unsynced > 0 {
                <b>{ format!("{unsynced} {}", words.not_synced) }</b>
            }
            { match good {
                Some(true) => html! { <small class="good">{ words.checksum_good }</small> },
                Some(false) => html! { <small class="bad">{ words.checksum_bad }</small> },
                None => html! {},
            } }
        </p>
    }
}

fn segment(words: &ToolWords, frame: &Frame, segment: &SegmentView) -> Html {
    let good = segment.records.iter().all(|record| !is_damaged(record));
    let hidden = segment.records.len().saturating_sub(RECORDS);
    html! {
        <details open=true class="segment" data-testid="segment">
            <summary>{ file(words, &segment.file, Some(good)) }</summary>
            <ol class="records">
                if hidden > 0 { <li class="hint">{ format!("… {hidden}") }</li> }
                { for segment.records[hidden..].iter().scan(None, |last, record| {
                    // Records of one batch begin at one place: it is said once.
                    let is_new = last.replace(record.at_bytes) != Some(record.at_bytes);
                    Some(self::record(words, frame, record, is_new))
                }) }
            </ol>
        </details>
    }
}

fn is_damaged(record: &RecordView) -> bool {
    matches!(record.kind, LogLineKind::Torn(_) | LogLineKind::Corrupt(_))
}

fn record(words: &ToolWords, frame: &Frame, record: &RecordView, is_new: bool) -> Html {
    let state = if is_damaged(record) {
        "damaged"
    } else if record.is_durable {
        "synced"
    } else {
        "written"
    };
    let (name, term, text) = match &record.kind {
        LogLineKind::Head { .. } => (words.record_head, None, String::new()),
        LogLineKind::Entry { entry, words } => (
            "",
            Some(entry.term.0),
            format!("{} {}", entry.index, with_names(words, frame)),
        ),
        LogLineKind::HardState(state) => (
            words.record_state,
            Some(state.term.0),
            match state.vote.is_some() {
                true => format!(
                    "{} {} · commit {}",
                    words.voted_for,
                    name_of(frame, state.vote),
                    state.commit
                ),
                false => format!("commit {}", state.commit),
            },
        ),
        LogLineKind::Marker(marker) => (
            words.record_marker,
            Some(marker.term.0),
            format!("≤ {}", marker.index),
        ),
        LogLineKind::Torn(what) => (words.record_torn, None, what.clone()),
        LogLineKind::Corrupt(what) => (words.record_corrupt, None, what.clone()),
    };
    html! {
        <li class={classes!("record", "entry", state, term.map(term_class))} data-state={state}>
            <small>{ is_new.then_some(record.at_bytes) }</small>
            if let Some(term) = term { <i>{ format!("t{term}") }</i> }
            if !name.is_empty() { <span>{ name }</span> }
            <code>{ text }</code>
        </li>
    }
}

/// What of the log is in memory alone.
fn memory(view: &View<'_>, member: &MemberFrame) -> Html {
    let Some(seen) = &member.view else {
        return html! {};
    };
    let waiting = seen.log.iter().filter(|entry| entry.index > member.written);
    let waiting: Vec<_> = waiting.collect();
    if waiting.is_empty() {
        return html! {};
    }
    html! {
        <ol class="records" data-testid="in-memory">
            <li class="hint">{ view.tools().only_in_memory }</li>
            { for waiting.into_iter().map(|entry| html! {
                <li class={classes!("record", "entry", "memory", term_class(entry.term.0))}
                    data-state="memory">
                    <small></small>
                    <i>{ format!("t{}", entry.term) }</i>
                    <code>{ format!("{} {}", entry.index, entry.text) }</code>
                </li>
            }) }
        </ol>
    }
}

fn snapshot(words: &ToolWords, snapshot: &SnapshotView) -> Html {
    html! {
        <div class="snapshot-file" data-testid="snapshot-file">
            { file(words, &snapshot.file, Some(snapshot.contents.is_ok())) }
            { match &snapshot.contents {
                Ok(contents) => html! {
                    <p class="chunks">
                        <span class={classes!("sample-chunk", term_class(contents.term.0))}>
                            { format!("≤ {} · t{}", contents.index, contents.term) }
                        </span>
                        <span>{ format!("{} {}", words.at_revision, contents.revision) }</span>
                        { for contents.chunks_bytes.iter().enumerate().map(|(at, bytes)| html! {
                            <span class="chunk" title={format!("{bytes} {}", words.bytes)}>
                                { format!("{} {}", words.chunk, at + 1) }
                            </span>
                        }) }
                    </p>
                },
                Err(what) => html! { <p class="hint">{ what.clone() }</p> },
            } }
        </div>
    }
}
