//! The table of `docs/link.md`, for people and for programs.

use std::fmt::Write;

use assist_link::media::{Case, Outcome};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::verdict::VerdictFigures;
use crate::error::BenchError;

/// What came of one case for one subject. What does not apply is left out.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Measured {
    goodput: f64,
    queue_p50_ms: Option<f64>,
    queue_p95_ms: Option<f64>,
    loss: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reaction_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jain: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_gap_percent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages_arrived: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_longest_s: Option<f64>,
}

impl Measured {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let messages = outcome.messages();
        Self {
            goodput: outcome.goodput(),
            queue_p50_ms: outcome.wait_ms(0.5),
            queue_p95_ms: outcome.wait_ms(0.95),
            loss: outcome.loss(),
            reaction_s: outcome.reaction_s(),
            recovery_s: outcome.recovery_s(),
            jain: outcome.jain(),
            audio_gap_percent: outcome.audio_gap_percent(),
            messages_arrived: messages.map(|(share, _)| share),
            message_longest_s: messages.map(|(_, longest)| longest.as_secs_f64()),
        }
    }

    /// Not less goodput, and not more queue; within what one seed differs from another by.
    fn is_ahead_of(&self, other: &Self) -> bool {
        self.goodput >= other.goodput - 0.01
            && self.queue_p95_ms.unwrap_or(0.0) <= other.queue_p95_ms.unwrap_or(0.0) + 5.0
    }
}

/// One case, for us and for somebody else.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    title: String,
    ours: Measured,
    other: Measured,
}

impl Row {
    fn new(case: &Case, ours: Measured, other: Measured) -> Self {
        Self {
            name: case.name.clone(),
            title: case.title.clone(),
            ours,
            other,
        }
    }

    fn write(&self, out: &mut String, other: &str) -> std::fmt::Result {
        line(out, &self.title, "ours", &self.ours)?;
        let verdict = if self.ours.is_ahead_of(&self.other) {
            ""
        } else {
            "  NOT AHEAD"
        };
        line(out, verdict, other, &self.other)
    }
}

/// All that was measured.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    smoke: bool,
    /// In virtual time, against str0m.
    rows: Vec<Row>,
    /// Over real sockets, against Chromium.
    real: Vec<Row>,
    verdict: Option<VerdictFigures>,
}

impl Report {
    pub(super) fn new(smoke: bool) -> Self {
        Self {
            smoke,
            rows: Vec::new(),
            real: Vec::new(),
            verdict: None,
        }
    }

    pub(super) fn set_verdict(&mut self, verdict: VerdictFigures) {
        self.verdict = Some(verdict);
    }

    pub(super) fn add(&mut self, case: &Case, ours: Measured, str0m: Measured) {
        self.rows.push(Row::new(case, ours, str0m));
    }

    pub(super) fn add_real(&mut self, case: &Case, ours: Measured, chromium: Measured) {
        self.real.push(Row::new(case, ours, chromium));
    }

    /// One JSON object.
    ///
    /// # Errors
    /// [`BenchError::Figure`] when a figure is no number.
    pub(crate) fn json(&self) -> Result<String, BenchError> {
        let of = |rows: &[Row], subject: fn(&Row) -> &Measured| -> Result<Map<String, Value>, serde_json::Error> {
            let one = |row: &Row| Ok((row.name.clone(), serde_json::to_value(subject(row))?));
            rows.iter().map(one).collect()
        };
        let object = || -> Result<String, serde_json::Error> {
            let mut all = of(&self.rows, |row| &row.ours)?;
            all.insert("smoke".to_owned(), json!(self.smoke));
            all.insert("str0m".to_owned(), Value::Object(of(&self.rows, |row| &row.other)?));
            if !self.real.is_empty() {
                let both = |row: &Row| (row.name.clone(), json!({ "ours": row.ours, "chromium": row.other }));
                all.insert("real".to_owned(), Value::Object(self.real.iter().map(both).collect()));
                let chromium = of(&self.real, |row| &row.other)?;
                all.insert("chromium".to_owned(), Value::Object(chromium));
            }
            if let Some(verdict) = &self.verdict {
                all.insert("verdict".to_owned(), serde_json::to_value(verdict)?);
            }
            serde_json::to_string_pretty(&all)
        };
        object()
            .map(|text| text + "\n")
            .map_err(|_| BenchError::Figure("of the links"))
    }

    /// A table for people.
    pub(crate) fn table(&self) -> String {
        // Writing into a string cannot fail.
        let mut table = String::new();
        let _ = self.write(&mut table);
        table
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        if self.smoke {
            writeln!(
                out,
                "A short run that shows that everything works; its figures prove little.\n"
            )?;
        }
        writeln!(
            out,
            "{:<46} {:<8} {:>7} {:>11} {:>6} {:>8} {:>8} {:>6} {:>6}",
            "", "", "goodput", "queue, ms", "lost", "reaction", "recovery", "Jain", "gaps"
        )?;
        writeln!(
            out,
            "{:<46} {:<8} {:>7} {:>5} {:>5} {:>6} {:>8} {:>8} {:>6} {:>6}",
            "", "", "", "p50", "p95", "%", "s", "s", "", "%"
        )?;
        for row in &self.rows {
            row.write(out, "str0m")?;
        }
        if !self.real.is_empty() {
            writeln!(out, "\nOver real sockets:")?;
        }
        for row in &self.real {
            row.write(out, "Chromium")?;
        }
        self.verdict.as_ref().map_or(Ok(()), |verdict| verdict.write(out))
    }
}

fn line(out: &mut String, what: &str, subject: &str, measured: &Measured) -> std::fmt::Result {
    let told = |figure: Option<f64>, digits: usize| figure.map_or(String::new(), |figure| format!("{figure:.digits$}"));
    writeln!(
        out,
        "{what:<46} {subject:<8} {:>7.3} {:>5} {:>5} {:>6.1} {:>8} {:>8} {:>6} {:>6}",
        measured.goodput,
        told(measured.queue_p50_ms, 0),
        told(measured.queue_p95_ms, 0),
        100.0 * measured.loss,
        told(measured.reaction_s, 2),
        told(measured.recovery_s, 2),
        told(measured.jain, 3),
        told(measured.audio_gap_percent, 2),
    )?;
    if let (Some(share), Some(longest)) = (measured.messages_arrived, measured.message_longest_s) {
        writeln!(
            out,
            "{:<46} {subject:<8} {:.1} % of messages arrived, the slowest after {longest:.1} s",
            "",
            100.0 * share
        )?;
    }
    Ok(())
}
