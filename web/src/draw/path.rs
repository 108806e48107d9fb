//! Paths of SVG as text. Numbers are rounded to a hundredth, so equal pictures have equal text.

use std::f64::consts::TAU;

use super::layout::Point;

/// An arc round `middle`, clockwise from `from` to `to`, in turns (0 is the top, 1 a full turn).
pub(crate) fn arc(middle: Point, radius: f64, from: f64, to: f64) -> String {
    // A whole circle has equal ends, and an arc between equal points is nothing: stop just short.
    let to = to.min(from + 0.999);
    let start = on_circle(middle, radius, from);
    let end = on_circle(middle, radius, to);
    let large = u8::from(to - from > 0.5);
    format!(
        "M{:.2} {:.2}A{radius:.2} {radius:.2} 0 {large} 1 {:.2} {:.2}",
        start.x, start.y, end.x, end.y
    )
}

/// The point of a circle at a turn.
pub(crate) fn on_circle(middle: Point, radius: f64, turn: f64) -> Point {
    let (sine, cosine) = sine_cosine(TAU * turn);
    Point {
        x: middle.x + radius * sine,
        y: middle.y - radius * cosine,
    }
}

#[cfg(not(target_family = "wasm"))]
fn sine_cosine(angle: f64) -> (f64, f64) {
    angle.sin_cos()
}

/// The browser's own: wasm has none, and those of the standard library are 3 KB to load.
#[cfg(target_family = "wasm")]
fn sine_cosine(angle: f64) -> (f64, f64) {
    (js_sys::Math::sin(angle), js_sys::Math::cos(angle))
}

/// A square standing on its tip.
pub(crate) fn diamond(reach: f64) -> String {
    format!(
        "M0 {:.2}L{reach:.2} 0L0 {reach:.2}L{:.2} 0Z",
        -reach, -reach
    )
}

/// A `transform` that moves to a point.
pub(crate) fn translate(to: Point) -> String {
    format!("translate({:.2} {:.2})", to.x, to.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDDLE: Point = Point { x: 10.0, y: 10.0 };

    #[test]
    fn a_quarter_runs_from_the_top_to_the_right() {
        assert_eq!(
            arc(MIDDLE, 5.0, 0.0, 0.25),
            "M10.00 5.00A5.00 5.00 0 0 1 15.00 10.00"
        );
    }

    #[test]
    fn a_whole_turn_is_not_nothing() {
        let whole = arc(MIDDLE, 5.0, 0.0, 1.0);
        assert!(whole.contains(" 0 1 1 "), "{whole}");
        assert!(!whole.ends_with("10.00 5.00"), "{whole}");
    }
}
