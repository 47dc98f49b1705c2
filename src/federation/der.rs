//! The little of DER that keys need: one value after another out of a text of bytes; must not know what they mean.

/// Reads values one after another. Only definite lengths and one-byte tags, which is all that keys are made of.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next value, whatever it is: its tag and its content.
    pub(super) fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if *first >= 0x80 {
            let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            rest = after;
        }
        let (content, after) = rest.split_at_checked(length)?;
        self.0 = after;
        Some((*tag, content))
    }

    /// The next value as it stands there, its tag and length among it.
    pub(super) fn whole(&mut self) -> Option<&'a [u8]> {
        let before = self.0;
        self.any()?;
        before.get(..before.len().checked_sub(self.0.len())?)
    }

    /// The content of the next value, which has this tag.
    pub(super) fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// The values inside the next sequence.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.next(SEQUENCE).map(Self)
    }

    /// The bytes of the next bit string, which has no bits left over.
    pub(super) fn bits(&mut self) -> Option<&'a [u8]> {
        self.next(BIT_STRING)?.strip_prefix(&[0])
    }

    /// Whether all was read.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_read_with_short_and_long_lengths() {
        let mut der = Der::new(&[0x30, 0x81, 3, 2, 1, 5, 3, 2, 0, 7]);
        assert_eq!(der.sequence().unwrap().next(INTEGER), Some(&[5][..]));
        assert_eq!(der.bits(), Some(&[7][..]));
        assert!(der.is_empty());
        let mut der = Der::new(&[2, 1, 5, 9, 0]);
        assert_eq!((der.whole(), der.any(), der.whole()), (Some(&[2, 1, 5][..]), Some((9, &[][..])), None));
    }

    #[test]
    fn lengths_that_lead_outside_are_refused() {
        for bytes in [&[2_u8][..], &[2, 1], &[2, 0x80], &[2, 0x85, 0, 0, 0, 0, 1, 1], &[2, 0x84, 255, 255, 255, 255]] {
            assert_eq!(Der::new(bytes).any(), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut der = Der::new(&bytes);
            while der.any().is_some() {}
        }
    }
}
