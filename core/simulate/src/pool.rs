//! Many runs on all cores.
//!
//! Threads take the next number each, so they end in any order; what is handed on is in the order
//! of the numbers. So totals, logs and hashes do not depend on who was quicker, and a run that is
//! stopped has a plain place to go on from.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` for 0, 1, 2, … on all cores and hands the results on in that order, until `take`
/// answers false, `limit` numbers are done, or `stop` is set. Answers how many were handed on.
pub fn in_order<T: Send>(
    limit: u64,
    stop: &AtomicBool,
    work: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(u64, T) -> bool,
) -> u64 {
    let next = AtomicU64::new(0);
    let (sender, results) = mpsc::sync_channel(RESULTS_WAITING_MAX);
    let mut taken = 0;
    thread::scope(|scope| {
        for _ in 0..threads() {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= limit || sender.send((number, work(number))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        'all: for (number, result) in &results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&taken) {
                taken += 1;
                if !take(taken - 1, result) {
                    break 'all;
                }
            }
        }
        // Whoever still works hears that nobody listens.
        drop(results);
    });
    taken
}

fn threads() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

const RESULTS_WAITING_MAX: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_is_quicker() {
        let stop = AtomicBool::new(false);
        let slow = |number: u64| {
            thread::sleep(std::time::Duration::from_micros(number * 7 % 50));
            number * number
        };
        let mut seen = Vec::new();
        let count = in_order(100, &stop, slow, |number, result| {
            seen.push((number, result));
            true
        });
        assert_eq!(count, 100);
        assert!(
            seen.iter().enumerate().all(|(at, (number, square))| {
                *number == at as u64 && *square == number * number
            })
        );
    }

    #[test]
    fn the_taker_can_end_it() {
        let stop = AtomicBool::new(false);
        let count = in_order(u64::MAX, &stop, |number| number, |number, _| number < 9);
        assert_eq!(count, 10);
    }
}
