//! A file on its way out, read piece by piece: memory does not grow with its length.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use reqwest::Body;

use super::{Attachment, Failure, Meter};

/// More than hyper gathers before it writes (408 kB): smaller pieces take twice as long.
const PIECE: usize = 512 * 1024;

/// The content of a file as a body.
pub(super) fn body(attachment: &Attachment<'_>) -> Result<Body, Failure> {
    let unreadable =
        |error: io::Error| Failure::Unfit(format!("the bundle can't be read: {error}"));
    let mut file = attachment.content.try_clone().map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let meter = attachment.meter.clone();
    Ok(Body::wrap_stream(Pieces { file, left: attachment.bytes, sent: 0, meter }))
}

struct Pieces {
    file: File,
    left: u64,
    sent: u64,
    meter: Meter,
}

impl Stream for Pieces {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        (this.meter)(this.sent, this.sent + this.left);
        if this.left == 0 {
            return Poll::Ready(None);
        }
        // Nothing else runs in this program's event loop, so a read may wait for the disk.
        Poll::Ready(Some(this.next_piece()))
    }
}

impl Pieces {
    fn next_piece(&mut self) -> io::Result<Vec<u8>> {
        let wanted = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        // Read into room that is not set to zero first.
        let mut piece = Vec::with_capacity(wanted);
        let read = Read::take(&self.file, wanted as u64).read_to_end(&mut piece)?;
        if read < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        self.sent += read as u64;
        Ok(piece)
    }
}
