//! A panic is a mistake of ours: it is said on the page, with what helps to find it.

use std::cell::RefCell;

use quorate_core::sim::Action;

thread_local! {
    /// What is being done to the world: a run that is told up to the moment before lacks it.
    static DOING: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on a panic is shown on the page and in the console.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let doing = DOING.with(|doing| doing.try_borrow().map(|doing| doing.clone()));
        let doing = doing.unwrap_or_default();
        crate::browser::fail(&format!("{info}{doing}"));
    }));
}

/// Leaves word of what is about to be done.
pub(crate) fn doing(actions: &[Action]) {
    DOING.with(|doing| {
        if let Ok(mut doing) = doing.try_borrow_mut() {
            doing.clear();
            for action in actions {
                *doing += &format!("\ndoing: {action}");
            }
        }
    });
}
