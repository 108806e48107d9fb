//! The selected member's store: a lane a key on the axis of revisions, the compaction line, watches
//! as cursors on the same axis, and leases as bars that run out.

use quorate_core::member::{LeaseView, StoreView};
use quorate_core::mvcc::{KeyView, Version, WatchView};
use yew::prelude::*;

use super::View;
use crate::draw::path::number;
use crate::draw::revisions::Revisions;
use crate::text::ToolWords;

/// The store.
pub(crate) fn kv(view: &View<'_>) -> Html {
    let words = view.tools();
    let member = view.frame().member(view.state.selected);
    let seen = member.and_then(|member| Some((member.node, member.view.as_ref()?)));
    let (Some((node, seen)), Some(store)) = (seen, &view.state.details.store) else {
        return html! { <p class="hint">{ view.words().is_down }</p> };
    };
    let axis = Revisions::of(store);
    html! {
        <div class="kv" data-testid="kv">
            <p class="of-whom">
                <b>{ node.to_string() }</b>
                <span>{ format!("{} {}", words.revision, store.revision) }</span>
                <span>{ format!("{} {}", store.key_count, words.keys) }</span>
                if store.compact_revision.0 > 0 {
                    <span>{ format!("{} {}", words.compacted_at, store.compact_revision) }</span>
                }
            </p>
            if store.keys.is_empty() {
                <p class="hint">{ words.no_keys }</p>
            } else {
                <div class="revisions">
                    <table class="lanes-of-keys">
                        <caption class="sr">{ words.keys }</caption>
                        { head(words, &axis, store) }
                        <tbody>
                            { for store.keys.iter().map(|key| lane(words, &axis, store, key)) }
                        </tbody>
                    </table>
                </div>
            }
            { watches(words, &axis, store) }
            { leases(words, &seen.leases, view.frame().config.tick_us) }
        </div>
    }
}

/// The axis, with the line behind which all is forgotten.
fn head(words: &ToolWords, axis: &Revisions, store: &StoreView) -> Html {
    html! {
        <thead><tr>
            <th scope="col"><span class="sr">{ words.key }</span></th>
            { for axis.shown().map(|revision| {
                let is_compaction = revision == store.compact_revision;
                html! {
                    <th scope="col" class={classes!(is_compaction.then_some("compaction"))}
                        title={is_compaction.then_some(words.compacted_at)}>
                        { revision.to_string() }
                    </th>
                }
            }) }
        </tr></thead>
    }
}

fn lane(words: &ToolWords, axis: &Revisions, store: &StoreView, key: &KeyView) -> Html {
    let name = String::from_utf8_lossy(&key.key).into_owned();
    html! {
        <tr>
            <th scope="row" title={name.clone()}><code>{ name }</code></th>
            { for axis.cells(key).into_iter().map(|(span, version)| {
                let class = version.map_or("", class_of);
                let forgotten = version.is_some_and(|version| {
                    version.id.main < store.compact_revision
                });
                html! {
                    <td colspan={span.to_string()} class={classes!(class,
                        forgotten.then_some("before-compaction"))}
                        title={version.map(|version| spoken(words, version))}>
                        if let Some(version) = version {
                            <span>{ shown(version) }</span>
                        }
                    </td>
                }
            }) }
        </tr>
    }
}

fn class_of(version: &Version) -> &'static str {
    match (version.is_tombstone(), version.lease.0) {
        (true, _) => "tombstone",
        (false, 0) => "version",
        (false, _) => "version leased",
    }
}

fn shown(version: &Version) -> String {
    match version.is_tombstone() {
        true => "✕".to_owned(),
        false => String::from_utf8_lossy(&version.value).into_owned(),
    }
}

fn spoken(words: &ToolWords, version: &Version) -> String {
    let revision = version.id.main;
    if version.is_tombstone() {
        return format!("{} {revision}: {}", words.revision, words.deleted);
    }
    let value = String::from_utf8_lossy(&version.value);
    let mut text = format!(
        "{} {revision}: {value} · create {} · version {}",
        words.revision, version.create_revision, version.version
    );
    if version.lease.0 != 0 {
        text += &format!(" · {} {:016x}", words.lease, version.lease.0);
    }
    text
}

fn watches(words: &ToolWords, axis: &Revisions, store: &StoreView) -> Html {
    html! {
        <>
            <h3>{ words.watches }</h3>
            if store.watches.is_empty() { <p class="hint">{ words.no_watches }</p> }
            { for store.watches.iter().map(|watch| cursor(words, axis, store, watch)) }
        </>
    }
}

/// A watch: how far along the axis it has been told.
fn cursor(words: &ToolWords, axis: &Revisions, store: &StoreView, watch: &WatchView) -> Html {
    let key = String::from_utf8_lossy(&watch.key);
    let range = match &watch.end[..] {
        [] => key.into_owned(),
        [0] => format!("{key} …"),
        end => format!("{key} … {}", String::from_utf8_lossy(end)),
    };
    let behind = store.revision.0 + 1 - watch.next.0;
    let state = match behind {
        ..=0 => words.has_heard_all.to_owned(),
        behind => format!("{behind} {}", words.behind),
    };
    html! {
        <p class="cursor-line" data-testid="watch">
            <code>{ range }</code>
            <span class="axis" aria-hidden="true">
                <i style={format!("width:{}%", number(axis.share(watch.next)))}></i>
            </span>
            <span>{ format!("{} {}", words.next, watch.next) }</span>
            <small>{ state }</small>
        </p>
    }
}

fn leases(words: &ToolWords, leases: &[LeaseView], tick_us: u64) -> Html {
    let tick_seconds = tick_us as f64 / 1_000_000.0;
    html! {
        <>
            <h3>{ words.leases }</h3>
            if leases.is_empty() { <p class="hint">{ words.no_leases }</p> }
            { for leases.iter().map(|lease| {
                let granted = lease.granted_ttl_seconds;
                let left = lease.remaining_ticks.map(|ticks| ticks as f64 * tick_seconds);
                let share = left.map_or(100.0, |left| (100.0 * left / granted as f64).min(100.0));
                let class = if left.is_some() { "counted" } else { "uncounted" };
                html! {
                    <p class={classes!("lease", class)} data-testid="lease">
                        <code>{ format!("{:016x}", lease.id.0) }</code>
                        <span class="axis" aria-hidden="true">
                            <i style={format!("width:{}%", number(share))}></i>
                        </span>
                        <span>{ match left {
                            Some(left) => format!("{left:.1} / {granted} s"),
                            None => format!("{granted} s"),
                        } }</span>
                        <small>
                            if left.is_none() { { words.not_counted } }
                            { format!(" {} {}", lease.keys, words.keys) }
                        </small>
                    </p>
                }
            }) }
        </>
    }
}
