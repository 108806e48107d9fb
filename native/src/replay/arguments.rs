//! The arguments of `quorate replay`.

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    /// The file; `-` for standard input.
    pub(super) file: String,
    /// A seed in place of the file's.
    pub(super) seed: Option<u64>,
    pub(super) detail: Detail,
}

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// What failed, and the result.
    Quiet,
    /// The story.
    Story,
    /// All lines of the trace.
    Full,
}

/// How to use it.
pub(super) const HELP: &str = "\
Usage: quorate replay [--seed N] [--quiet | --full] FILE

Runs a scenario (see docs/simulator.md), or a history as JSON, and prints its trace.
FILE may be - for standard input.

  --seed N   another seed than the file's
  --quiet    print what failed and the result alone
  --full     print every line of the trace: clocks, disks, each message

Exit code: 0 when all is as expected, 1 when something is not, 2 for a bad file.
";

impl Arguments {
    /// Reads what stands behind `replay`; nothing when help is asked for.
    pub(super) fn parse(arguments: &[String]) -> Result<Option<Self>, String> {
        let mut file = None;
        let mut seed = None;
        let mut detail = Detail::Story;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            match (name, &inline) {
                ("--help" | "-help" | "-h", None) => return Ok(None),
                ("--quiet" | "-quiet", None) => detail = Detail::Quiet,
                ("--full" | "-full", None) => detail = Detail::Full,
                ("--seed" | "-seed", _) => {
                    let value = inline.or_else(|| rest.next().cloned());
                    let value = value.ok_or("flag needs an argument: --seed")?;
                    let number = value.parse().map_err(|_| {
                        format!("invalid value \"{value}\" for flag --seed: write a whole number")
                    })?;
                    seed = Some(number);
                }
                (name, _) if name.starts_with('-') && name != "-" => {
                    return Err(format!("replay: flag provided but not defined: {name}"));
                }
                _ if file.is_some() => {
                    return Err(format!(
                        "replay: one file at a time, not \"{argument}\", too"
                    ));
                }
                _ => file = Some(argument.clone()),
            }
        }
        let file = file.ok_or("replay: which file?")?;
        Ok(Some(Self { file, seed, detail }))
    }
}
