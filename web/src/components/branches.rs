//! The branches: the one that one walks in, and those that were left.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::engine::{BranchName, Left};
use crate::state::Message;

/// The branch's name, over a list of the others.
pub(crate) fn branches(view: &View<'_>) -> Html {
    let words = view.hands();
    let engine = &view.state.engine;
    let left = engine.left();
    html! {
        <details class="branches" name="popover">
            <summary class="chip" data-testid="branches" title={words.branches}>
                { icon(Icon::Fork) }{ words.branch }{ " " }
                <b data-testid="branch">{ engine.name().to_string() }</b>
                <span class="named">{ view.state.branch_name(engine.name()).to_owned() }</span>
                if !left.is_empty() { <small>{ format!("+{}", left.len()) }</small> }
            </summary>
            <div class="popover">
                { name_field(view, engine.name()) }
                <button data-testid="fork" onclick={view.click(Message::Fork)}>
                    { icon(Icon::Fork) }{ words.fork }<kbd>{ "f" }</kbd>
                </button>
                <ul>{ for left.iter().map(|one| branch(view, one)) }</ul>
                if left.is_empty() { <p class="hint">{ words.no_branches }</p> }
            </div>
        </details>
    }
}

fn branch(view: &View<'_>, left: &Left) -> Html {
    let words = view.hands();
    let engine = &view.state.engine;
    let name = left.name;
    let beside = view.state.beside.as_ref();
    let is_beside = beside.is_some_and(|beside| beside.name == name);
    let done = engine.first_difference(left);
    let compare = match is_beside {
        true => (words.end_compare, Message::Compare(None)),
        false => (words.compare, Message::Compare(Some(name))),
    };
    html! {
        <li key={name.to_string()} data-testid={format!("branch-{name}")}>
            { name_field(view, name) }
            <span>
                { format!("{} {}", words.parts_after, engine.common_events(left)) }
                if let Some(done) = done { <code>{ done.to_string() }</code> }
                <small>{ format!("{} {}", view.words().event, left.end()) }</small>
            </span>
            <button data-testid={format!("go-{name}")}
                onclick={view.click(Message::Switch(name))}>{ words.go_there }</button>
            <button data-testid={format!("beside-{name}")}
                aria-pressed={is_beside.to_string()}
                onclick={view.click(compare.1)}>{ compare.0 }</button>
        </li>
    }
}

/// A branch's letter, and a field for what a person calls it.
fn name_field(view: &View<'_>, branch: BranchName) -> Html {
    let name = view.on(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::NameBranch(branch, input.value().trim_start().to_owned())
    });
    html! {
        <label class="name-of-branch">
            <b>{ branch.to_string() }</b>
            <input value={view.state.branch_name(branch).to_owned()} oninput={name} maxlength="24"
                placeholder={view.hands().name_branch} data-testid={format!("name-{branch}")}
                aria-label={format!("{} {branch}", view.hands().name_branch)} />
        </label>
    }
}
