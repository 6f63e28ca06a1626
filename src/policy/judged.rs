//! How a version is judged: by its own date, by the policy's rule, by its product's date.

use jiff::civil::Date;

use super::policy::Policy;
use super::release::{DayOrMonth, Release};
use super::versions::{SupportStatus, VersionAnswer, VersionRule, Versions};
use crate::snapshot::ReleaseNumber;

/// What settles a question that no rule answers.
pub(super) const A_DATE: &str =
    "a date from the vendor would settle it, in a [[release]] row of an overlay";

/// A version with everything it is judged by.
pub(super) struct Judged<'a> {
    pub(super) policy: &'a Policy,
    pub(super) versions: &'a Versions,
    pub(super) product: &'a str,
    pub(super) version: ReleaseNumber,
    pub(super) latest: Option<ReleaseNumber>,
    pub(super) today: Date,
}

impl Judged<'_> {
    /// A date for this very version decides, whatever the rule; without a row of its own the
    /// date of the whole product bounds what the rule says.
    pub(super) fn answer(&self) -> VersionAnswer {
        match self.own_row() {
            Some(Release { ends: Some(end), .. }) => self.dated(&self.version.to_string(), *end),
            Some(_) => self.by_rule(),
            None => match self.product_end() {
                Some(end) => self.within(end),
                None => self.by_rule(),
            },
        }
    }

    fn by_rule(&self) -> VersionAnswer {
        match self.versions.rule {
            VersionRule::EndOfLife => self.by_end_of_life(),
            VersionRule::ThirdNumberWindow => self.by_window(),
            VersionRule::CurrentAndPrevious => self.by_table(),
        }
    }

    fn releases(&self) -> impl Iterator<Item = &Release> {
        self.versions.releases.iter().filter(|row| row.product.get_ref() == self.product)
    }

    /// The row that names this version.
    fn own_row(&self) -> Option<&Release> {
        self.releases().find(|row| {
            row.version.as_ref().is_some_and(|version| version.order(&self.version).is_eq())
        })
    }

    /// The end of the product as a whole.
    fn product_end(&self) -> Option<DayOrMonth> {
        self.releases().find(|row| row.version.is_none()).and_then(|row| row.ends)
    }

    /// Nothing outlives its product. A later end of the product supports a version where dates
    /// alone decide; elsewhere the rule has still to be kept.
    fn within(&self, end: DayOrMonth) -> VersionAnswer {
        let dated = self.dated(self.product, end);
        if self.versions.rule == VersionRule::EndOfLife || dated.status == SupportStatus::Ended {
            return dated;
        }
        let mut answer = self.by_rule();
        if answer.status == SupportStatus::Supported {
            answer.ends = dated.ends;
            answer.notes.push(dated.because);
            answer.notes.extend(dated.notes);
        }
        answer
    }

    fn dated(&self, what: &str, end: DayOrMonth) -> VersionAnswer {
        let last = end.last_day();
        let ended = self.today > last;
        let status = if ended { SupportStatus::Ended } else { SupportStatus::Supported };
        let word = if ended { "ended" } else { "ends" };
        let because = format!("general support of {what} {word} on {last}");
        let mut answer = VersionAnswer::new(status, because);
        answer.ends = Some(last);
        if end.is_month() {
            answer.notes.push(format!(
                "the source names only the month {end}; it is read as the month's last day"
            ));
        }
        answer
    }

    fn by_end_of_life(&self) -> VersionAnswer {
        unknown(format!(
            "{} No published end-of-life date known for {} (checked {}); {A_DATE}",
            self.versions.text, self.product, self.policy.pack.checked
        ))
    }

    /// The latest and some before it; the policy counts on the third number.
    fn by_window(&self) -> VersionAnswer {
        let Self { version, .. } = self;
        let Some(latest) = &self.latest else {
            return unknown(format!(
                "{} Which release is the latest is not known; --latest with its number would \
                 settle it",
                self.versions.text
            ));
        };
        if version.order(latest).is_gt() {
            return self.newer_than(latest);
        }
        let series = |number: &ReleaseNumber| (number.part(0), number.part(1));
        let window = self.versions.before_latest;
        match (latest.part(2), version.part(2)) {
            (None, _) => unknown(format!(
                "the policy counts on the third number, and {latest}, given as the latest, has \
                 none; --latest with all its numbers would settle it"
            )),
            (Some(_), None) if self.could_be_of_the_series_of(latest) => unknown(format!(
                "the policy counts on the third number, and {version} has none; --version with \
                 all its numbers would settle it"
            )),
            (Some(top), Some(own)) if series(latest) == series(version) => {
                self.in_series(latest, top, own)
            }
            // The window is used up inside the latest series: every older series is out.
            (Some(top), _) if top >= window => VersionAnswer::new(
                SupportStatus::Ended,
                format!("{version} is before the last {window} releases up to {latest}"),
            ),
            _ => unknown(format!(
                "which releases came directly before {latest} cannot be told from its number, so \
                 {version} is not settled; {A_DATE}"
            )),
        }
    }

    /// Whether the numbers that are given agree with the first two of the latest release.
    fn could_be_of_the_series_of(&self, latest: &ReleaseNumber) -> bool {
        (0..2).all(|place| match self.version.part(place) {
            Some(number) => latest.part(place) == Some(number),
            None => true,
        })
    }

    /// A release of the latest series, by third numbers.
    fn in_series(&self, latest: &ReleaseNumber, top: u32, own: u32) -> VersionAnswer {
        let window = self.versions.before_latest;
        let oldest = format!(
            "{}.{}.{}",
            latest.part(0).unwrap_or(0),
            latest.part(1).unwrap_or(0),
            top.saturating_sub(window)
        );
        let inside = top.saturating_sub(own) <= window;
        let status = if inside { SupportStatus::Supported } else { SupportStatus::Ended };
        let word = if inside { "within" } else { "before" };
        VersionAnswer::new(status, format!("{} is {word} {oldest} to {latest}", self.version))
    }

    /// A release without a date, by being the current one, or by the source's table.
    fn by_table(&self) -> VersionAnswer {
        match self.latest.as_ref().map(|latest| (latest, self.version.order(latest))) {
            Some((latest, order)) if order.is_gt() => self.newer_than(latest),
            Some((_, order)) if order.is_eq() => VersionAnswer::new(
                SupportStatus::Supported,
                format!("{} is the current version", self.version),
            ),
            _ if self.own_row().is_some() => self.undated(),
            _ => self.unlisted(),
        }
    }

    /// The source names the release but no end: good as long as the source is.
    fn undated(&self) -> VersionAnswer {
        let written = self.policy.pack.source.updated.or(self.policy.pack.source.effective);
        if let Some(written) = written.filter(|written| self.today <= *written) {
            return VersionAnswer::new(
                SupportStatus::Supported,
                format!("the source of {written} lists it without an end of support"),
            );
        }
        let written = written.map(|day| format!(" is of {day} and")).unwrap_or_default();
        unknown(format!(
            "the source{written} names no end of support for {} (to be determined); {}",
            self.version,
            self.current_or_dated()
        ))
    }

    /// A release the source does not list.
    fn unlisted(&self) -> VersionAnswer {
        let known = || self.releases().filter_map(|row| row.version.as_ref());
        if !known().any(|known| known.order(&self.version).is_le()) && known().count() >= 2 {
            let because = format!(
                "{} is older than every release the source lists, so it is neither the current \
                 version nor the one before it",
                self.version
            );
            return VersionAnswer::new(SupportStatus::Ended, because);
        }
        unknown(format!(
            "the source does not list {} {}; {}",
            self.product,
            self.version,
            self.current_or_dated()
        ))
    }

    /// What settles whether a release is the current one or the one before it.
    fn current_or_dated(&self) -> String {
        let Self { version, .. } = self;
        match &self.latest {
            Some(latest) => format!(
                "whether it came directly before {latest}, the latest given, is not known: {A_DATE}"
            ),
            None => format!(
                "if it is the newest release, --latest {version} would settle it, otherwise \
                 {A_DATE}"
            ),
        }
    }

    fn newer_than(&self, latest: &ReleaseNumber) -> VersionAnswer {
        unknown(format!(
            "{} is newer than {latest}, the latest given; --latest with the newest release would \
             settle it",
            self.version
        ))
    }
}

fn unknown(because: String) -> VersionAnswer {
    VersionAnswer::new(SupportStatus::Unknown, because)
}
