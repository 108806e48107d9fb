//! The word that was probably meant.

/// The known word that the fewest changes of a letter make of this one, if they are few.
pub(super) fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    // No word is as long, so nobody slipped: and the way to find out grows with the length.
    if word.len() > LENGTH_MAX {
        return None;
    }
    let most = 1 + word.len() / 4;
    let distances = known.iter().map(|near| (distance(word, near), *near));
    let (changes, near) = distances.min()?;
    (changes <= most).then_some(near)
}

/// Letters to add, leave out, replace or swap with their neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let is_other = usize::from(one[i - 1] != other[j - 1]);
            let mut least = (rows[i - 1][j - 1] + is_other)
                .min(rows[i - 1][j] + 1)
                .min(row[j - 1] + 1);
            let is_swap =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if is_swap {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

/// Bytes of the longest word that may be a slip of the hand.
const LENGTH_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_forgiven_and_a_strange_word_is_not() {
        let known = ["crash", "restart", "heal"];
        assert_eq!(nearest("crahs", &known), Some("crash"));
        assert_eq!(nearest("restat", &known), Some("restart"));
        assert_eq!(nearest("dance", &known), None);
        assert_eq!(nearest(&"crash".repeat(200_000), &known), None);
    }
}
