//! HTTP for desks of our own, written for these tests so that it does not agree with the
//! client by construction.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::net::TcpStream;

pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

pub(crate) fn read_head(reader: &mut impl BufRead) -> Option<(Request, usize)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let method = words.next()?.to_owned();
    let target = words.next()?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(name, value)| (name.to_owned(), decode(value))).collect();
    let length = headers.get("content-length").map_or(0, |length: &String| length.parse().unwrap());
    let path = path.to_owned();
    Some((Request { method, path, query, headers, body: Vec::new() }, length))
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

pub(crate) enum Body {
    Whole,
    Cut,
}

pub(crate) fn write_answer(stream: &mut TcpStream, answer: &Answer, body: Body) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} x\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", answer.body.len()));
    let mut sent = head + &answer.body;
    if matches!(body, Body::Cut) {
        // Some of the body is missing; where there is none, the end of the head.
        sent.truncate(sent.len() - (answer.body.len() / 2).max(1));
    }
    stream.write_all(sent.as_bytes()).ok()?;
    stream.flush().ok()
}
