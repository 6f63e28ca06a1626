//! A file on its way out, read piece by piece: memory does not grow with its length.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use reqwest::Body;

use super::{Attachment, Failure, Meter};

/// Large enough that reading costs nothing beside sending.
const PIECE: usize = 256 * 1024;

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
        let wanted = usize::try_from(this.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; wanted];
        // Nothing else runs in this program's event loop, so a read may wait for the disk.
        let read = this.file.read_exact(&mut piece);
        Poll::Ready(Some(read.map(|()| {
            this.left -= piece.len() as u64;
            this.sent += piece.len() as u64;
            piece
        })))
    }
}
