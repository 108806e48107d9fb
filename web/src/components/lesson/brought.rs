//! What a learner must not miss is brought into sight when it appears.

use yew::prelude::*;

use crate::browser;

#[derive(PartialEq, Properties)]
struct Props {
    children: Html,
}

/// Something that is scrolled to, no further than it has to, when it is new.
#[component]
fn Brought(props: &Props) -> Html {
    let place = use_node_ref();
    let there = place.clone();
    use_effect_with((), move |()| {
        if let Some(element) = there.cast::<web_sys::Element>() {
            browser::bring_into_sight(&element);
        }
    });
    html! { <div class="brought" ref={place}>{ props.children.clone() }</div> }
}

/// Brings what is new into sight; what has another name is new.
pub(super) fn brought(name: &str, children: Html) -> Html {
    html! { <Brought key={name}>{ children }</Brought> }
}
