//! Where the statements of a policy document stand in its text; must not know what they say.
//!
//! Lines and columns are those that AWS tells (recorded answers of IAM 2010-05-08 SimulateCustomPolicy): a statement
//! begins right behind the bracket that opens the list, or behind the statement before it, so that the comma and the
//! white space between them are its own; one that stands alone begins behind its own brace. All end behind their
//! closing brace.

/// A place in a text: lines and columns from 1. Columns count characters; a carriage return, a line feed and both
/// together end a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// From where to where a statement reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its start.
    pub start: Position,
    /// What follows its last character.
    pub end: Position,
}

/// The statements of a document that is known to be one, in their order. Of any other text the answer means nothing.
pub(super) fn statement_spans(document: &str) -> Vec<Span> {
    let mut scan = Scan { document, ..Scan::default() };
    for (offset, character) in document.char_indices() {
        scan.step(offset, character);
    }
    scan.found
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is told of another thing")]
struct Scan<'a> {
    document: &'a str,
    found: Vec<Span>,
    /// What follows the character read last.
    here: Position,
    after_return: bool,
    /// Where the text began that is being read.
    text: Option<usize>,
    escaped: bool,
    depth: usize,
    /// Whether the next text of the outermost object is a key.
    key_comes: bool,
    in_statements: bool,
    is_list: bool,
    start: Position,
}

impl Default for Scan<'_> {
    fn default() -> Self {
        let first = Position { line: 1, column: 1 };
        Self {
            document: "",
            found: Vec::new(),
            here: first,
            after_return: false,
            text: None,
            escaped: false,
            depth: 0,
            key_comes: false,
            in_statements: false,
            is_list: false,
            start: first,
        }
    }
}

impl Scan<'_> {
    fn step(&mut self, offset: usize, character: char) {
        self.advance(character);
        if let Some(begun) = self.text {
            match character {
                _ if self.escaped => self.escaped = false,
                '\\' => self.escaped = true,
                '"' => self.end_text(begun, offset),
                _ => {}
            }
            return;
        }
        match character {
            '"' => self.text = Some(offset),
            '{' | '[' => self.open(character),
            '}' | ']' => self.close(),
            ',' if self.depth == 1 => (self.key_comes, self.in_statements) = (true, false),
            ':' if self.depth == 1 => self.key_comes = false,
            _ => {}
        }
    }

    fn advance(&mut self, character: char) {
        let continues_line_end = character == '\n' && self.after_return;
        self.after_return = character == '\r';
        match character {
            '\n' if continues_line_end => {}
            '\r' | '\n' => self.here = Position { line: self.here.line + 1, column: 1 },
            _ => self.here.column += 1,
        }
    }

    fn end_text(&mut self, begun: usize, quote: usize) {
        self.text = None;
        if self.depth == 1 && self.key_comes {
            let written = self.document.get(begun..=quote).unwrap_or_default();
            self.in_statements = serde_json::from_str::<String>(written).is_ok_and(|key| key == "Statement");
        }
    }

    fn open(&mut self, bracket: char) {
        match self.depth {
            0 => self.key_comes = true,
            1 if self.in_statements => (self.start, self.is_list) = (self.here, bracket == '['),
            _ => {}
        }
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.in_statements && self.depth == if self.is_list { 2 } else { 1 } {
            self.found.push(Span { start: self.start, end: self.here });
            self.start = self.here;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn spans(document: &str) -> Vec<[usize; 4]> {
        let told = |span: Span| [span.start.line, span.start.column, span.end.line, span.end.column];
        statement_spans(document).into_iter().map(told).collect()
    }

    #[test]
    fn positions_are_as_recorded() {
        let compact = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Sid":"First"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Sid":"Second"}]}"#;
        assert_eq!(spans(compact), [[1, 38, 1, 109], [1, 109, 1, 182]]);
        let alone = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
        assert_eq!(spans(alone), [[1, 16, 1, 77]]);
        let pretty = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \"*\",\n      \"Sid\": \"First\"\n    },\n    {\n      \"Effect\": \"Deny\",\n      \"Action\": \"s3:PutObject\",\n      \"Resource\": \"*\",\n      \"Sid\": \"Second\"\n    }\n  ]\n}";
        assert_eq!(spans(pretty), [[3, 17, 9, 6], [9, 6, 15, 6]]);
        let returns = " \r\n{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [\r\n    {\r\n      \"Effect\": \"Allow\",\r\n      \"Action\": \"s3:GetObject\",\r\n      \"Resource\": \"*\"\r\n    }\r\n  ]\r\n}\r\n ";
        assert_eq!(spans(returns), [[4, 17, 9, 6]]);
        assert_eq!(spans(&returns.trim().replace("\r\n", "\r")), [[3, 17, 8, 6]]);
        let pretty_alone = "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:GetObject\",\n    \"Resource\": \"*\"\n  }\n}";
        assert_eq!(spans(pretty_alone), [[2, 17, 6, 4]]);
        let accented =
            r#"{"Id": "café", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
        assert_eq!(spans(accented), [[1, 30, 1, 92]]);
    }

    #[test]
    fn only_the_documents_own_statements_count() {
        assert_eq!(spans(r#"{"Id":"\"Statement\":[{}]","Statement":[]}"#), Vec::<[usize; 4]>::new());
        assert_eq!(spans(r#"{"\u0053tatement":[{"Condition":{"Statement":[{}]}}],"Id":"{"}"#), [[1, 20, 1, 52]]);
        assert_eq!(spans(r#"{"Id":"Statement","Statement":{"a":"}{\\"}}"#), [[1, 32, 1, 43]]);
    }

    fn offset(text: &str, position: Position) -> usize {
        let mut scan = Scan { document: text, ..Scan::default() };
        for (offset, character) in text.char_indices() {
            if scan.here >= position {
                return offset;
            }
            scan.advance(character);
        }
        text.len()
    }

    fn statement() -> impl Strategy<Value = Value> {
        ("[\\PC\\n\\r\"\\\\{}\\[\\],:]{0,12}", prop::collection::vec("[a-z{}\"\\[]{0,6}", 0..3))
            .prop_map(|(sid, actions)| json!({"Sid": sid, "Action": actions, "Condition": {"Statement": {"a": [{}]}}}))
    }

    proptest! {
        #[test]
        fn spans_hold_the_statements(
            statements in prop::collection::vec(statement(), 0..5), id in "\\PC{0,8}", pretty: bool, alone: bool,
        ) {
            let list = match &*statements {
                [one] if alone => one.clone(),
                _ => Value::from(statements.clone()),
            };
            let document = json!({"Id": id, "Statement": list, "Version": "Statement"});
            let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
            let text = text.unwrap();
            let spans = statement_spans(&text);
            prop_assert_eq!(spans.len(), statements.len());
            for (span, statement) in spans.iter().zip(&statements) {
                let inside = &text[offset(&text, span.start)..offset(&text, span.end)];
                let inside = inside.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
                let inside = if inside.starts_with('{') { inside.to_owned() } else { format!("{{{inside}") };
                prop_assert_eq!(&serde_json::from_str::<Value>(&inside).unwrap(), statement);
            }
        }

        #[test]
        fn any_text_is_scanned(text in "[\\PC\\n\\r]{0,40}|[{}\\[\\]\",:a\\\\]{0,40}") {
            statement_spans(&text);
        }
    }
}
