//! The terminal: lines, what came of each, and the line that is typed.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::{Message, TerminalMessage};
use crate::terminal::{Came, HELP, Line, Said};

/// The terminal; nothing while it is closed.
pub(crate) fn terminal(view: &View<'_>) -> Html {
    let terminal = &view.state.terminal;
    if !terminal.is_open {
        return html! {};
    }
    let words = view.tools();
    let prompt = match &terminal.txn {
        Some((_, draft)) => draft.prompt().to_owned(),
        None => format!("{}$", view.state.form.at),
    };
    let runs_on = view.on(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Terminal(TerminalMessage::RunsOn(input.checked()))
    });
    html! {
        <section class="terminal" data-testid="terminal" aria-label={words.terminal}>
            <header>
                <h2>{ words.terminal }</h2>
                <label title={words.runs_on_title}>
                    <input type="checkbox" data-testid="runs-on" checked={terminal.runs_on}
                        onchange={runs_on} />
                    { words.runs_on }
                </label>
                <button class="plain" data-testid="terminal-close" aria-label={view.words().close}
                    onclick={view.click(Message::Terminal(TerminalMessage::Toggle))}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <div class="lines" tabindex="0" role="log" aria-label={words.terminal_lines}>
                <div>
                <p class="hint">{ words.terminal_hint }</p>
                { for terminal.lines.iter().map(|line| self::line(view, line)) }
                <form onsubmit={view.on(|event: SubmitEvent| {
                    event.prevent_default();
                    Message::Terminal(TerminalMessage::Enter)
                })}>
                    <label>
                        <span class="prompt">{ prompt }</span>
                        { input(view, &terminal.draft) }
                    </label>
                </form>
                </div>
            </div>
        </section>
    }
}

fn input(view: &View<'_>, draft: &str) -> Html {
    let typed = view.on(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Terminal(TerminalMessage::Draft(input.value()))
    });
    let key = {
        let send = view.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            let message = match (event.key().as_str(), event.ctrl_key()) {
                ("ArrowUp", false) => TerminalMessage::Earlier,
                ("ArrowDown", false) => TerminalMessage::Later,
                ("c", true) => TerminalMessage::Interrupt,
                ("Escape", false) => TerminalMessage::Toggle,
                _ => return,
            };
            event.prevent_default();
            send.emit(Message::Terminal(message));
        })
    };
    html! {
        <input id="terminal-input" data-testid="terminal-input" aria-label={view.tools().command_line}
            value={draft.to_owned()} oninput={typed} onkeydown={key} autocomplete="off"
            autocapitalize="off" spellcheck="false" maxlength="400" />
    }
}

fn line(view: &View<'_>, line: &Line) -> Html {
    html! {
        <div class="line" data-testid="terminal-line">
            <p class="typed"><span class="prompt">{ format!("{}$", line.node) }</span>
                { " " }{ line.typed.clone() }</p>
            { said(view, &line.said) }
        </div>
    }
}

fn said(view: &View<'_>, said: &Said) -> Html {
    let words = view.tools();
    match said {
        Said::Nothing => html! {},
        Said::Text(text) => html! { <pre>{ text.clone() }</pre> },
        Said::Complaint(complaint) => html! {
            <pre class="complaint" data-testid="complaint">
                { view.language().complaint(complaint) }
            </pre>
        },
        Said::Help => html! {
            <dl class="commands">
                { for HELP.iter().zip(words.commands).map(|(usage, what)| html! {
                    <><dt><code>{ *usage }</code></dt><dd>{ *what }</dd></>
                }) }
            </dl>
        },
        Said::Asked(asked) => html! {
            { for asked.iter().map(|one| match &one.came {
                Came::NotYet => html! { <pre class="waiting">{ words.not_yet }</pre> },
                Came::Waiting => html! { <pre class="waiting">{ words.waits }</pre> },
                Came::Done(text) => html! { <pre data-testid="answer">{ text.clone() }</pre> },
                Came::Failed(why) => html! {
                    <pre class="complaint" data-testid="answer">{ format!("Error: {why}") }</pre>
                },
            }) }
        },
    }
}
