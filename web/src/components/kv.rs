//! The keys of the selected member's store.

use yew::prelude::*;

use super::View;

/// The keys.
pub(crate) fn kv(view: &View<'_>) -> Html {
    let words = view.words();
    let mut members = view.frame().members.iter();
    let member = members.find(|member| member.node == view.state.selected);
    let Some((node, seen)) = member.and_then(|member| Some((member.node, member.view.as_ref()?)))
    else {
        return html! { <p class="hint">{ words.is_down }</p> };
    };
    html! {
        <table class="notes">
            <caption>{ format!("{} · {node} · {} {}", words.keys, words.revision, seen.revision) }</caption>
            <tbody>{ for seen.keys.iter().map(|(key, value)| html! {
                <tr>
                    <th scope="row"><code>{ String::from_utf8_lossy(key).into_owned() }</code></th>
                    <td><code>{ String::from_utf8_lossy(value).into_owned() }</code></td>
                </tr>
            }) }</tbody>
        </table>
    }
}
