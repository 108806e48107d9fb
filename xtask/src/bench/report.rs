//! What was measured, for a person: a table, all figures as JSON, and plots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use plotters::prelude::*;
use serde_json::{Map, Value, json};

use super::Measured;
use super::load::Figures;
use super::quiet::Quiet;
use super::ratio::Ratio;
use super::workload::{Measure, goals};

/// The report of a run.
pub(super) struct Report<'a> {
    measured: &'a Measured,
    head: String,
}

impl<'a> Report<'a> {
    pub(super) fn new(measured: &'a Measured, quiet: &Quiet, command: String) -> Self {
        let date = jiff::Zoned::now().date();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let rounds = measured
            .values()
            .flat_map(|of_workload| of_workload.values());
        let rounds = rounds.map(Vec::len).max().unwrap_or(0);
        let head = format!(
            "`{command}`, {date}, {cores} cores ({}), three members on loopback, {rounds} \
             rounds.\n{} A ratio is Quorate by etcd 3.5.1 within one round: the median of the \
             rounds, and the lowest and highest of them.",
            machine(),
            quiet.text()
        );
        Self { measured, head }
    }

    /// The table.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.head);
        text.push_str("| workload | of | Quorate | etcd | ratio | goal | |\n");
        text.push_str("|---|---|---|---|---|---|---|\n");
        for (name, of_workload) in self.measured {
            for measure in MEASURES {
                let Some(ratio) = Ratio::of(measure, of_workload) else {
                    continue;
                };
                let goal = goals(name).iter().find(|goal| goal.measure == measure);
                let (wanted, verdict) = match goal {
                    None => (String::new(), ""),
                    Some(goal) => {
                        let sign = if measure.is_gain() { "≥" } else { "≤" };
                        let is_reached = ratio.reaches(*goal);
                        let verdict = if is_reached {
                            "reached"
                        } else {
                            "**not reached**"
                        };
                        (format!("{sign} {}", goal.ratio), verdict)
                    }
                };
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "| {name} | {} | {} | {} | {:.2} ({:.2}–{:.2}) | {wanted} | {verdict} |",
                    measure.name(),
                    shown(measure, ratio.quorate),
                    shown(measure, ratio.etcd),
                    ratio.median,
                    ratio.lowest,
                    ratio.highest
                );
            }
        }
        text
    }

    /// Writes table, figures and plots.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        write("report.md", self.text())?;
        write("figures.json", format!("{:#}", self.json()))?;
        for (measure, file) in [
            (Measure::PerSecond, "requests.svg"),
            (Measure::Cpu, "cpu.svg"),
        ] {
            self.plot(measure, &folder.join(file))?;
        }
        Ok(())
    }

    /// Puts the table between its marks on a page of the documentation.
    ///
    /// # Errors
    /// When the page has no marks, or cannot be written.
    pub(super) fn publish(&self, page: &Path) -> Result<()> {
        let text =
            fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
        let page_with = between_marks(&text, &self.text())
            .with_context(|| format!("{}: no `{BEGIN}` before an `{END}`", page.display()))?;
        fs::write(page, page_with).with_context(|| format!("cannot write {}", page.display()))
    }

    fn json(&self) -> Value {
        let of_kind = |rounds: &Vec<Figures>| -> Value {
            rounds.iter().map(figures_json).collect::<Vec<_>>().into()
        };
        let all: Map<String, Value> = self
            .measured
            .iter()
            .map(|(name, of_workload)| {
                let kinds = of_workload.iter();
                let kinds = kinds.map(|(kind, rounds)| (kind.to_string(), of_kind(rounds)));
                (name.clone(), Value::Object(kinds.collect()))
            })
            .collect();
        json!({ "run": self.head, "workloads": all })
    }

    /// A bar for each workload: the ratio, and where both would be the same.
    fn plot(&self, measure: Measure, path: &Path) -> Result<()> {
        let rows = self.measured.iter().filter_map(|(name, of_workload)| {
            Some((name.as_str(), Ratio::of(measure, of_workload)?))
        });
        let rows: Vec<(&str, Ratio)> = rows.collect();
        if rows.is_empty() {
            return Ok(());
        }
        draw(measure, &rows, path)
            .map_err(|error| anyhow!("cannot draw {}: {error}", path.display()))
    }
}

fn draw(
    measure: Measure,
    rows: &[(&str, Ratio)],
    path: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let height = 90 + 44 * u32::try_from(rows.len())?;
    let area = SVGBackend::new(path, (900, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let highest = rows.iter().map(|(_, ratio)| ratio.highest);
    let most = highest.fold(1.0, f64::max) * 1.1;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            format!("{}: Quorate by etcd 3.5.1", measure.name()),
            ("sans-serif", 20),
        )
        .margin(12)
        .x_label_area_size(30)
        .build_cartesian_2d(0.0..most, 0.0..rows.len() as f64)?;
    chart.configure_mesh().disable_y_mesh().y_labels(0).draw()?;
    // The first on top.
    for (at, (name, ratio)) in rows.iter().rev().enumerate() {
        let low = at as f64;
        let corners = [(0.0, low + 0.1), (ratio.median, low + 0.5)];
        let bar = Rectangle::new(corners, BLUE.mix(0.6).filled());
        let middle = low + 0.3;
        let spread = PathElement::new([(ratio.lowest, middle), (ratio.highest, middle)], BLACK);
        let label = format!("{name}: {:.2}", ratio.median);
        let label = Text::new(label, (0.0, low + 0.95), ("sans-serif", 14));
        chart.draw_series(std::iter::once(bar))?;
        chart.draw_series(std::iter::once(spread))?;
        chart.draw_series(std::iter::once(label))?;
    }
    let same = [(1.0, 0.0), (1.0, rows.len() as f64)];
    chart.draw_series(std::iter::once(PathElement::new(same, RED)))?;
    area.present()?;
    Ok(())
}

fn figures_json(figures: &Figures) -> Value {
    json!({
        "requests_per_second": figures.per_second,
        "p50_seconds": figures.p50_seconds,
        "p99_seconds": figures.p99_seconds,
        "cpu_us_per_request": figures.cpu_us_per_request,
        "written_bytes_per_request": figures.written_bytes_per_request,
        "resident_bytes": figures.resident_bytes,
        "seconds": figures.seconds,
    })
}

/// A figure with its unit.
fn shown(measure: Measure, value: f64) -> String {
    match measure {
        Measure::PerSecond => format!("{value:.0}/s"),
        Measure::P99 => format!("{:.2} ms", value * 1_000.0),
        Measure::Cpu => format!("{value:.0} µs"),
        Measure::Written => format!("{value:.0} B"),
        Measure::Resident => format!("{:.0} MB", value / 1e6),
        Measure::Seconds => format!("{value:.2} s"),
    }
}

fn between_marks(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

/// What the processor calls itself.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line
        .and_then(|line| line.split_once(": "))
        .map(|(_, name)| name.trim());
    name.unwrap_or("a processor without a name").to_owned()
}

const MEASURES: [Measure; 6] = [
    Measure::PerSecond,
    Measure::P99,
    Measure::Cpu,
    Measure::Written,
    Measure::Resident,
    Measure::Seconds,
];

const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::bench::cluster::Kind;

    fn measured() -> Measured {
        let one = |per_second| Figures {
            per_second: Some(per_second),
            p99_seconds: Some(0.001),
            ..Figures::default()
        };
        let of_kinds = BTreeMap::from([
            (Kind::Quorate, vec![one(300.0), one(330.0)]),
            (Kind::Etcd, vec![one(100.0), one(100.0)]),
        ]);
        Measured::from([("put, 1 client, leader".to_owned(), of_kinds)])
    }

    #[test]
    fn a_row_tells_both_their_ratio_and_its_goal() {
        let measured = measured();
        let text = Report::new(&measured, &Quiet::new(true), "bench".to_owned()).text();
        assert!(
            text.contains(
                "| put, 1 client, leader | requests/s | 315/s | 100/s | 3.15 (3.00–3.30) | ≥ 2 | \
                 reached |"
            ),
            "{text}"
        );
        assert!(text.contains("| p99 | 1.00 ms | 1.00 ms | 1.00 (1.00–1.00) | ≤ 1 | reached |"));
        assert!(text.contains("2 rounds"), "{text}");
    }

    #[test]
    fn a_table_replaces_the_one_before() {
        let page = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = between_marks(&page, "new\n").expect("both marks are there");
        assert_eq!(new, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(between_marks("no marks", "new"), None);
    }

    #[test]
    fn a_plot_is_drawn() {
        let measured = measured();
        let folder = std::env::temp_dir().join(format!("quorate-plot-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Report::new(&measured, &Quiet::new(true), "bench".to_owned())
            .write(&folder)
            .expect("it is written");
        let plot = fs::read_to_string(folder.join("requests.svg")).expect("a plot");
        assert!(plot.contains("put, 1 client, leader"), "{plot}");
        fs::remove_dir_all(&folder).expect("it was there");
    }
}
