//! Shows a stream of server-sent events as it comes: a line to an event. It knows no command.

use serde_json::Value;

use super::outcome::{Done, Failure};
use super::progress::Progress;
use super::surface::{Answer, Path, Surface, print};

/// The longest event that is waited for.
const LONGEST: usize = 16 * 1024 * 1024;

/// What is read of a stream until it makes an event.
#[derive(Default)]
struct Reader {
    bytes: Vec<u8>,
}

impl Reader {
    /// Takes the next bytes; gives the events that are whole by now: name and text.
    fn take(&mut self, piece: &[u8]) -> Vec<(String, String)> {
        self.bytes.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.bytes.windows(2).position(|two| two == b"\n\n") {
            let rest = self.bytes.split_off(end.saturating_add(2));
            let block = std::mem::replace(&mut self.bytes, rest);
            events.extend(event(&String::from_utf8_lossy(&block)));
        }
        if self.bytes.len() > LONGEST {
            self.bytes.clear();
        }
        events
    }
}

fn event(block: &str) -> Option<(String, String)> {
    let (mut name, mut text) = (String::new(), None);
    for line in block.lines() {
        match line.split_once(':') {
            Some(("event", value)) => value.trim_start().clone_into(&mut name),
            Some(("data", value)) => text = Some(value.trim_start().to_owned()),
            _ => {}
        }
    }
    text.map(|text| (name, text))
}

/// Shows events until the server stops: for people the values at these pointers, for programs all of each.
pub(super) async fn follow(surface: &Surface, path: &Path, columns: &[&str]) -> Result<Done, Failure> {
    let mut progress = Progress::begin("Waiting");
    let mut reply = surface.open("GET", path, None, &mut progress).await?;
    if reply.status >= 400 {
        let status = reply.status;
        let body = reply.whole(&mut progress).await?;
        Answer { status, body }.unless_refused()?;
        return Ok(Done::Refused);
    }
    drop(progress);
    let mut reader = Reader::default();
    while let Some(piece) = reply.next().await? {
        for (name, text) in reader.take(&piece) {
            print(&line(surface, columns, &name, &text))?;
        }
    }
    Ok(Done::Well)
}

fn line(surface: &Surface, columns: &[&str], name: &str, text: &str) -> String {
    if surface.is_json() {
        return format!("{text}\n");
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else { return String::new() };
    if name == "missed" {
        let count = value.get("missed").and_then(Value::as_u64);
        return count.map_or_else(|| "... missed some\n".to_owned(), |count| format!("... missed {count}\n"));
    }
    let cell = |pointer: &&str| match value.pointer(pointer) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    format!("{}\n", columns.iter().map(cell).collect::<Vec<_>>().join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_from_pieces_however_they_are_cut() {
        let stream = ":\n\nid: 1\nevent: request\ndata: {\"a\":1}\n\n:\n\nevent: missed\ndata: {\"missed\":2}\n\n";
        let wanted = [("request", r#"{"a":1}"#), ("missed", r#"{"missed":2}"#)];
        for size in [1, 3, 7, 1_000] {
            let mut reader = Reader::default();
            let found: Vec<_> = stream.as_bytes().chunks(size).flat_map(|piece| reader.take(piece)).collect();
            let found: Vec<_> = found.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            assert_eq!(found, wanted, "{size}");
        }
    }
}
