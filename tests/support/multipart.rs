//! A multipart/form-data parser that knows nothing of the client: bytes in, parts out.

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn parse(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .ok_or_else(|| format!("not multipart/form-data: {content_type}"))?;
    let delimiter = format!("--{}", boundary.trim_matches('"'));
    let mut rest = body.strip_prefix(delimiter.as_bytes()).ok_or("no first boundary")?;
    let inner = format!("\r\n{delimiter}");
    let mut parts = Vec::new();
    loop {
        if rest == b"--\r\n" || rest == b"--" {
            return Ok(parts);
        }
        let after = rest.strip_prefix(b"\r\n").ok_or("no line break after a boundary")?;
        let head_end = find(after, b"\r\n\r\n").ok_or("a part without end of head")?;
        let content = &after[head_end + 4..];
        let end = find(content, inner.as_bytes()).ok_or("a part without boundary")?;
        parts.push(part(&after[..head_end], &content[..end])?);
        rest = &content[end + inner.len()..];
    }
}

fn part(head: &[u8], bytes: &[u8]) -> Result<Part, String> {
    let head = std::str::from_utf8(head).map_err(|error| error.to_string())?;
    let mut this = Part { name: String::new(), filename: None, kind: None, bytes: bytes.to_vec() };
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a header without colon")?;
        match name.to_ascii_lowercase().as_str() {
            "content-type" => this.kind = Some(value.trim().to_owned()),
            "content-disposition" => {
                let mut items = value.split(';').map(str::trim);
                if items.next() != Some("form-data") {
                    return Err(format!("not form-data: {value}"));
                }
                for item in items {
                    let (key, quoted) = item.split_once('=').ok_or("an item without =")?;
                    let value = quoted.trim_matches('"').to_owned();
                    match key {
                        "name" => this.name = value,
                        "filename" => this.filename = Some(value),
                        other => return Err(format!("unexpected {other}")),
                    }
                }
            }
            other => return Err(format!("unexpected header {other}")),
        }
    }
    if this.name.is_empty() { Err("a part without name".into()) } else { Ok(this) }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
