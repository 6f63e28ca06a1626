//! Handing a ticket over: the desk's form or a mail draft with the text filled in, as an
//! address for a browser or a mail program. Pure; nothing is opened here.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{DeskConfig, HandoffData, TicketDraft, fill};

/// Where a ticket is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The address, `https:` or `mailto:`.
    pub link: String,
    /// Whether all of the ticket's text is in it.
    pub whole: bool,
}

/// Checks the settings of a desk that tickets are handed over to; what is wrong.
pub(super) fn check(config: &DeskConfig) -> Result<(), String> {
    let Some(form) = &config.form else {
        let to = config.to.as_ref().map(|_| ());
        return to.ok_or_else(|| {
            "`form` or `to` is missing: an address of the desk's form, or its mail address".into()
        });
    };
    // A form is opened by a browser, so anything but a web page would start another program.
    let is_page = form.starts_with("https://") && form.len() > "https://".len();
    let plain = form.chars().all(|c| c.is_ascii_graphic());
    if !is_page || !plain {
        return Err("`form` is not an address like https://support.example.com/new".into());
    }
    let unknown =
        names(form).find(|name| !["subject", "text", "requester", "submission"].contains(name));
    match unknown {
        Some(name) => {
            Err(format!("`form` has {{{name}}}; there are subject, text, requester, submission"))
        }
        None => Ok(()),
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// The form or the mail draft for a ticket.
pub fn place(config: &DeskConfig, data: &HandoffData, draft: &TicketDraft) -> Option<Place> {
    let template = match (&config.form, &config.to) {
        (Some(form), _) => form.clone(),
        (None, Some(to)) => fill(&data.mail_draft, |name| match name {
            "to" => encoded(to),
            other => format!("{{{other}}}"),
        }),
        (None, None) => return None,
    };
    let with = |text: &str| {
        fill(&template, |name| match name {
            "subject" => encoded(&draft.subject),
            "text" => encoded(text),
            "requester" => encoded(config.requester.as_deref().unwrap_or_default()),
            "submission" => draft.submission.to_string(),
            other => format!("{{{other}}}"),
        })
    };
    let whole = with(&draft.text);
    if whole.len() <= data.longest_link {
        return Some(Place { whole: template.contains("{text}"), link: whole });
    }
    let mut kept = String::new();
    for line in draft.text.lines() {
        let more = format!("{kept}{line}\n");
        if with(&format!("{more}{}", data.cut)).len() > data.longest_link {
            break;
        }
        kept = more;
    }
    Some(Place { link: with(&format!("{kept}{}", data.cut)), whole: false })
}

/// Percent-encoded, everything but the unreserved characters of RFC 3986.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    // A mail's lines end in CR LF (RFC 6068); forms take that as well.
    for byte in text.replace('\n', "\r\n").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            // RFC 6068 and browsers want the `@` of an address as it is.
            b'@' => encoded.push('@'),
            other => {
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{DeskKind, Facts};

    fn draft(text: &str) -> TicketDraft {
        TicketDraft {
            submission: uuid::Uuid::from_u128(1),
            subject: "D300, locked: \"ü\" & <b>".into(),
            text: text.into(),
            facts: Facts::new(),
            given: Facts::new(),
            drives: Vec::new(),
            findings: Vec::new(),
            words: String::new(),
            questions: Vec::new(),
            severity: None,
            bundle: None,
        }
    }

    fn data() -> HandoffData {
        crate::desk::DeskData::read(&crate::packs::embedded()).unwrap().handoff
    }

    fn config(form: Option<&str>, to: Option<&str>) -> DeskConfig {
        let mut config = DeskConfig::of(DeskKind::Handoff);
        (config.form, config.to) = (form.map(str::to_owned), to.map(str::to_owned));
        config
    }

    #[test]
    fn a_mail_draft_holds_subject_and_text_and_nothing_more() {
        let config = config(None, Some("help@desk.example"));
        let place = place(&config, &data(), &draft("one & two\nthree")).unwrap();
        assert_eq!(
            place.link,
            "mailto:help@desk.example?subject=D300%2C%20locked%3A%20%22%C3%BC%22%20%26%20%3Cb%3E&body=one%20%26%20two%0D%0Athree"
        );
        assert!(place.whole);
    }

    #[test]
    fn a_long_text_is_cut_at_a_line_and_says_so() {
        let long = "a line of the ticket\n".repeat(400);
        let config = config(None, Some("help@desk.example"));
        let place = place(&config, &data(), &draft(&long)).unwrap();
        assert!(place.link.len() <= data().longest_link && !place.whole);
        assert!(place.link.contains("a%20line%20of%20the%20ticket%0D%0A"));
    }

    #[test]
    fn a_form_is_a_web_page_with_known_places() {
        for (form, fits) in [
            ("https://desk.example/new?subject={subject}&text={text}", true),
            ("https://desk.example/new", true),
            ("http://desk.example/new", false),
            ("file:///etc/passwd", false),
            ("https://desk.example/new?x={serial}", false),
            ("https://desk.example/a b", false),
        ] {
            assert_eq!(check(&config(Some(form), None)).is_ok(), fits, "{form}");
        }
        assert!(check(&config(None, None)).is_err());
        let plain = config(Some("https://desk.example/new"), None);
        let place = place(&plain, &data(), &draft("x")).unwrap();
        assert_eq!((place.link.as_str(), place.whole), ("https://desk.example/new", false));
    }
}
