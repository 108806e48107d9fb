//! The whole page: the head, the stage with what is beside it, and time under both.

use yew::prelude::*;

use super::View;
use super::client::client;
use super::clients_lane::clients_head;
use super::disk::disk;
use super::faults::faults;
use super::files::Files;
use super::header::header;
use super::help::Help;
use super::inside::inside;
use super::inspector::inspector;
use super::kv::kv;
use super::lanes::lanes;
use super::lesson::{lesson, plain_page};
use super::logs::logs;
use super::menu::menu;
use super::notice::notice;
use super::outlook::outlook;
use super::raw::raw;
use super::rules::banner;
use super::sentence::sentence;
use super::split::split_bar;
use super::stage::{second_stage, stage};
use super::tabs;
use super::terminal::terminal;
use super::transport::{buttons, scrubber, settings};
use crate::draw::layout::Layout;
use crate::state::{Beside, Panel};
use crate::text;

/// The page.
pub(crate) fn page(view: &View<'_>) -> Html {
    let (state, send) = (view.state, view.send);
    if let Some(plain) = plain_page(view) {
        return plain;
    }
    html! {
        <div class="page" data-panel={tabs::name(state.panel)}
            data-beside={state.panel.is_beside().to_string()}>
            { header(view) }
            <main>
                { lesson(view) }
                { theatre(view) }
                { tabs::tabs(view) }
                { panel(view, Panel::Logs, logs(view)) }
                { panel(view, Panel::Disk, only(view, Panel::Disk, disk)) }
                { panel(view, Panel::Kv, only(view, Panel::Kv, kv)) }
                { panel(view, Panel::Raw, only(view, Panel::Raw, raw)) }
                { panel(view, Panel::Member, inspector(view)) }
                if let Some(open) = state.menu { { menu(view, open) } }
            </main>
            <section class="course" aria-label={view.words().scrub}>
                { panel(view, Panel::Client, client(view)) }
                { buttons(view) }
                { settings(view) }
                { panel(view, Panel::Lanes, html! { <>{ clients_head(view) }{ lanes(view) }{ outlook(view) }</> }) }
                { scrubber(view) }
            </section>
            { terminal(view) }
            if let Some(draft) = &state.files {
                <Files draft={draft.clone()} query={state.engine.permalink().query()}
                    language={state.language} {send} />
            }
            if state.help { <Help language={state.language} {send} /> }
        </div>
    }
}

/// What a panel shows, while it is shown: it costs more than the others.
fn only(view: &View<'_>, panel: Panel, content: fn(&View<'_>) -> Html) -> Html {
    match view.state.panel == panel {
        true => content(view),
        false => html! {},
    }
}

fn panel(view: &View<'_>, panel: Panel, content: Html) -> Html {
    let title = tabs::title(view.language(), panel);
    html! {
        <section class={classes!("panel", tabs::name(panel))} aria-label={title}
            tabindex={(panel != Panel::Lanes).then_some("0")}
            id={format!("panel-{}", tabs::name(panel))}>
            <h2>{ title }</h2>
            { content }
        </section>
    }
}

/// The sentence, the stage and what can be done on it.
fn theatre(view: &View<'_>) -> Html {
    let state = view.state;
    html! {
        <section class="theatre" aria-label={view.words().stage}>
            { banner(view) }
            if let Some(one) = &state.notice { { notice(view, one) } }
            if let Some(split) = &state.split { { split_bar(view, split) } }
            if let Some(beside) = &state.beside {
                { parting(view, beside) }
                <div class="stages">
                    <div>
                        <b class="of-branch">{ state.branch_title(state.engine.name()) }</b>
                        { sentence(view) }
                        { stage(view) }
                    </div>
                    <div>
                        <b class="of-branch">{ state.branch_title(beside.name) }</b>
                        { other_branch(view, beside) }
                    </div>
                </div>
            } else {
                { sentence(view) }
                if state.inside { { inside(view) } } else { { stage(view) } }
            }
            { faults(view) }
        </section>
    }
}

/// Where two branches part, and what was done in each.
fn parting(view: &View<'_>, beside: &Beside) -> Html {
    let words = view.hands();
    let done = |action: &Option<quorate_core::sim::Action>| match action {
        Some(action) => action.to_string(),
        None => words.nothing_done.to_owned(),
    };
    let here = view.state.engine.name();
    html! {
        <p class="notice parting-line" data-testid="parting-line">
            if beside.is_same(view.frame()) {
                <span>{ words.same_so_far }</span>
            }
            <span>
                { format!("{} {} · ", words.parts_after, beside.common) }
                <b>{ view.state.branch_title(here) }</b>{ ": " }<code>{ done(&beside.done_here) }</code>
                { " · " }
                <b>{ view.state.branch_title(beside.name) }</b>{ ": " }<code>{ done(&beside.done_there) }</code>
            </span>
        </p>
    }
}

fn other_branch(view: &View<'_>, beside: &Beside) -> Html {
    let frame = &beside.frame;
    let layout = Layout::of(frame, view.state.room, &view.state.moved);
    let told = text::sentence(view.language(), frame);
    html! {
        <>
            <p class="sentence">
                <span class="cause">{ super::rich::rich(&told.cause) }</span>
                { for told.consequences.iter().map(|text| html! {
                    <span class="consequence">{ " " }{ super::rich::rich(text) }</span>
                }) }
            </p>
            { second_stage(view, frame, &layout) }
        </>
    }
}
