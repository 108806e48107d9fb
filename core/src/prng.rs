//! The only randomness there is: a small generator that a seed determines.
//!
//! It is forked per concern (network, disk, election timeouts, …), so that one more draw in one
//! of them does not shift all the others. The algorithm is SplitMix64 (Steele, Lea, Flood 2014):
//! good enough to choose delays and victims, the same on every platform, and a pure function can
//! be made of it ([`draw`]).

/// A stream of numbers that its seed determines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prng {
    state: u64,
}

impl Prng {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream of its own for one concern; the parent is not moved.
    pub fn fork(&self, concern: &str) -> Self {
        let mut state = mix(self.state ^ 0xa076_1d64_78bd_642f);
        for byte in concern.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        Self { state }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// A number in `0..bound`; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Multiply-shift: its bias is bound / 2^64, far below anything a run could notice.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in `per_mille` of 1000 draws.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < u64::from(per_mille)
    }

    /// One of the items, or nothing of nothing.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }

    /// Brings items into any order, each as likely as another (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at as u64 + 1) as usize;
            items.swap(at, other);
        }
    }
}

/// One number as a pure function of three: what stands for a draw where no stream may be kept.
pub fn draw(seed: u64, who: u64, count: u64) -> u64 {
    mix(mix(mix(seed ^ GOLDEN) ^ who) ^ count)
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_determines_the_stream() {
        let mut one = Prng::new(42);
        let mut two = Prng::new(42);
        let first: Vec<u64> = (0..8).map(|_| one.bits()).collect();
        let second: Vec<u64> = (0..8).map(|_| two.bits()).collect();
        assert_eq!(first, second);
        assert_ne!(first, (0..8).map(|_| one.bits()).collect::<Vec<_>>());
    }

    #[test]
    fn a_fork_does_not_move_its_parent() {
        let mut parent = Prng::new(7);
        let mut network = parent.fork("network");
        let disk = parent.fork("disk").bits();
        assert_ne!(network.bits(), disk);
        assert_eq!(parent.bits(), Prng::new(7).bits());
    }

    #[test]
    fn bounds_hold() {
        let mut prng = Prng::new(1);
        for _ in 0..1000 {
            assert!(prng.below(7) < 7);
            assert!((3..=5).contains(&prng.between(3, 5)));
        }
        assert_eq!(prng.below(0), 0);
        assert!(prng.choose::<u8>(&[]).is_none());
    }
}
