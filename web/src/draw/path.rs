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
    let radius = number(radius);
    format!(
        "M{} {}A{radius} {radius} 0 {large} 1 {} {}",
        number(start.x),
        number(start.y),
        number(end.x),
        number(end.y)
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
    let (out, back) = (number(reach), number(-reach));
    format!("M0 {back}L{out} 0L0 {out}L{back} 0Z")
}

/// A `transform` that moves to a point.
pub(crate) fn translate(to: Point) -> String {
    format!("translate({} {})", number(to.x), number(to.y))
}

/// A number of the drawing, to a hundredth. (The standard library's own way with floats would be
/// a noticeable part of the page's size.)
pub(crate) fn number(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDDLE: Point = Point { x: 10.0, y: 10.0 };

    #[test]
    fn a_quarter_runs_from_the_top_to_the_right() {
        assert_eq!(arc(MIDDLE, 5.0, 0.0, 0.25), "M10 5A5 5 0 0 1 15 10");
    }

    #[test]
    fn numbers_have_two_places_at_most() {
        let texts = [0.0, -0.004, 1.5, -0.25, 12.345, -3.0].map(number);
        assert_eq!(texts, ["0", "0", "1.50", "-0.25", "12.35", "-3"]);
    }

    #[test]
    fn a_whole_turn_is_not_nothing() {
        let whole = arc(MIDDLE, 5.0, 0.0, 1.0);
        assert!(whole.contains(" 0 1 1 "), "{whole}");
        assert!(!whole.ends_with(" 10 5"), "{whole}");
    }
}
