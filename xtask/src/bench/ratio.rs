//! Two servers' figures of the same rounds, one by the other.

use super::cluster::Kind;
use super::load::Figures;
use super::workload::{Goal, Measure};

use std::collections::BTreeMap;

/// Quorate's figure by etcd's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    pub(super) median: f64,
    pub(super) lowest: f64,
    pub(super) highest: f64,
    /// The median of each.
    pub(super) quorate: f64,
    pub(super) etcd: f64,
}

impl Ratio {
    /// Of the rounds in which both were measured; nothing when there is none.
    pub(super) fn of(measure: Measure, rounds: &BTreeMap<Kind, Vec<Figures>>) -> Option<Self> {
        let all = |kind: Kind| -> Vec<f64> {
            let rounds = rounds.get(&kind).map_or(&[][..], Vec::as_slice);
            rounds
                .iter()
                .filter_map(|figures| measure.of(figures))
                .collect()
        };
        let (quorate, etcd) = (all(Kind::Quorate), all(Kind::Etcd));
        let pairs = quorate.iter().zip(&etcd).filter(|(_, etcd)| **etcd > 0.0);
        let ratios: Vec<f64> = pairs.map(|(quorate, etcd)| quorate / etcd).collect();
        let median_ratio = median(&ratios)?;
        Some(Self {
            median: median_ratio,
            lowest: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            highest: ratios.iter().copied().fold(0.0, f64::max),
            quorate: median(&quorate)?,
            etcd: median(&etcd)?,
        })
    }

    /// Whether a goal is reached.
    pub(super) fn reaches(&self, goal: Goal) -> bool {
        if goal.measure.is_gain() {
            self.median >= goal.ratio
        } else {
            self.median <= goal.ratio
        }
    }
}

/// The one in the middle, or between the two in the middle.
fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(sorted[sorted.len() / 2 - 1], upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(quorate: &[f64], etcd: &[f64]) -> BTreeMap<Kind, Vec<Figures>> {
        let figures = |numbers: &[f64]| {
            let figures = |number: &f64| Figures {
                per_second: Some(*number),
                ..Figures::default()
            };
            numbers.iter().map(figures).collect()
        };
        BTreeMap::from([
            (Kind::Quorate, figures(quorate)),
            (Kind::Etcd, figures(etcd)),
        ])
    }

    #[test]
    fn a_ratio_is_of_one_round() {
        // Medians by medians would be 20 / 10.
        let rounds = rounds(&[10.0, 20.0, 30.0], &[10.0, 5.0, 20.0]);
        let ratio = Ratio::of(Measure::PerSecond, &rounds).expect("three rounds");
        assert_eq!((ratio.median, ratio.lowest, ratio.highest), (1.5, 1.0, 4.0));
        assert_eq!((ratio.quorate, ratio.etcd), (20.0, 10.0));
        assert_eq!(Ratio::of(Measure::P99, &rounds), None);
    }

    #[test]
    fn more_is_better_of_some_and_worse_of_others() {
        let ratio = Ratio::of(Measure::PerSecond, &rounds(&[20.0], &[10.0])).expect("a round");
        let goal = |measure, ratio| Goal { measure, ratio };
        assert!(ratio.reaches(goal(Measure::PerSecond, 2.0)));
        assert!(!ratio.reaches(goal(Measure::PerSecond, 2.1)));
        assert!(!ratio.reaches(goal(Measure::P99, 1.0)));
        assert!(ratio.reaches(goal(Measure::P99, 2.0)));
    }

    #[test]
    fn a_median_of_two_lies_between_them() {
        assert_eq!(median(&[4.0, 1.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }
}
