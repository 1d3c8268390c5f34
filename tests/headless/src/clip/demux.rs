//! From an MP4 file's bytes to the access units of its H.264 track (ISO/IEC 14496-12 and 14496-15).

use std::io::Cursor;
use std::ops::Range;

use mp4_atom::{Avcc, Codec, DecodeAtom, DecodeMaybe, FourCC, Header, Moov, Stbl, StszSamples, Trak};

use super::ClipError;

/// The most pictures that a clip may have: ten hours of 60 frames/s.
const MAX_SAMPLES: u32 = 2_160_000;

/// Where everything is that has to be decoded.
#[derive(Debug)]
pub(super) struct Track {
    /// SPS and PPS with start codes.
    pub(super) parameter_sets: Vec<u8>,
    /// Bytes of a NAL unit's length field: 1 to 4.
    pub(super) length_bytes: usize,
    /// In decoding order; never empty.
    pub(super) samples: Vec<Sample>,
    /// All samples' durations together, in µs; never 0.
    pub(super) duration_us: u64,
}

/// One picture of the track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// Its bytes in the file.
    pub(super) bytes: Range<usize>,
    /// When it is shown, in µs from the start, if pictures are shown in the order they are stored.
    pub(super) time_us: u64,
}

/// Finds the first H.264 track.
pub(super) fn demux(file: &[u8]) -> Result<Track, ClipError> {
    let moov = find_moov(file)?;
    let codecs = |trak: &Trak| trak.mdia.minf.stbl.stsd.codecs.clone();
    let is_video = |trak: &&Trak| trak.mdia.hdlr.handler == FourCC::new(b"vide");
    let avc = moov.trak.iter().find_map(|trak| match codecs(trak).into_iter().next() {
        Some(Codec::Avc1(avc1)) => Some((trak, avc1.avcc)),
        Some(Codec::Avc3(avc3)) => Some((trak, avc3.avcc)),
        _ => None,
    });
    let Some((trak, avcc)) = avc else {
        let video = moov.trak.iter().find(is_video).ok_or(ClipError::NoVideoTrack)?;
        return Err(ClipError::OtherCodec(codec_name(codecs(video).first())));
    };
    let (samples, duration_us) = samples(trak, file.len(), moov.mvex.is_some())?;
    Ok(Track {
        parameter_sets: parameter_sets(&avcc),
        length_bytes: usize::from(avcc.length_size),
        samples,
        duration_us,
    })
}

/// Walks over the boxes of the file itself.
fn find_moov(file: &[u8]) -> Result<Moov, ClipError> {
    if file.is_empty() {
        return Err(ClipError::Empty);
    }
    let known = [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"];
    if !file
        .get(4..8)
        .is_some_and(|kind| known.iter().any(|known| *known == kind))
    {
        return Err(ClipError::NotMp4);
    }
    let mut rest = file;
    while !rest.is_empty() {
        let header = Header::decode_maybe(&mut rest).map_err(|error| ClipError::Damaged(error.to_string()))?;
        let Some(header) = header else { break };
        let size = header.size.unwrap_or(rest.len());
        let Some((body, after)) = rest.split_at_checked(size) else {
            return Err(ClipError::Truncated("one of its parts is longer than the file"));
        };
        if header.kind == FourCC::new(b"moov") {
            return Moov::decode_atom(&header, &mut Cursor::new(body))
                .map_err(|error| ClipError::Damaged(error.to_string()));
        }
        rest = after;
    }
    Err(ClipError::Truncated(
        "its table of contents is missing, as when a recording was not finished",
    ))
}

fn codec_name(codec: Option<&Codec>) -> String {
    // Whatever is not named here is named by what it calls itself.
    #[allow(clippy::wildcard_enum_match_arm)]
    match codec {
        Some(Codec::Hev1(_) | Codec::Hvc1(_)) => "H.265".into(),
        Some(Codec::Av01(_)) => "AV1".into(),
        Some(Codec::Vp08(_)) => "VP8".into(),
        Some(Codec::Vp09(_)) => "VP9".into(),
        Some(Codec::Jpeg(_)) => "Motion JPEG".into(),
        Some(Codec::Unknown(kind, _)) => format!("of the unknown kind {:?}", kind.to_string()),
        _ => "in a format that is not known here".into(),
    }
}

fn parameter_sets(avcc: &Avcc) -> Vec<u8> {
    let sets = avcc.sequence_parameter_sets.iter().chain(&avcc.picture_parameter_sets);
    sets.flat_map(|set| [0, 0, 0, 1].into_iter().chain(set.iter().copied()))
        .collect()
}

/// Resolves the sample tables: sizes, chunks and times.
fn samples(trak: &Trak, file_bytes: usize, may_be_fragmented: bool) -> Result<(Vec<Sample>, u64), ClipError> {
    let damaged = |what: &str| ClipError::Damaged(what.into());
    let Stbl {
        stsz,
        stsc,
        stts,
        stco,
        co64,
        ..
    } = &trak.mdia.minf.stbl;
    let sizes: Box<dyn Iterator<Item = u32>> = match &stsz.samples {
        StszSamples::Identical { count, .. } if *count > MAX_SAMPLES => {
            return Err(damaged("it counts too many pictures"));
        }
        StszSamples::Identical { count, size } => Box::new(std::iter::repeat_n(*size, *count as usize)),
        StszSamples::Different { sizes } => Box::new(sizes.iter().copied()),
    };
    let chunks: Vec<u64> = match (stco, co64) {
        (Some(stco), _) => stco.entries.iter().map(|offset| u64::from(*offset)).collect(),
        (None, Some(co64)) => co64.entries.clone(),
        (None, None) => Vec::new(),
    };
    let timescale = u64::from(trak.mdia.mdhd.timescale);
    if timescale == 0 {
        return Err(damaged("its clock stands still"));
    }
    let mut durations = stts
        .entries
        .iter()
        .flat_map(|run| std::iter::repeat_n(run.sample_delta, run.sample_count as usize));
    let mut places = chunks.iter().enumerate().flat_map(|(chunk, offset)| {
        // The last run that begins at or before this chunk (chunks count from 1) tells how many samples it has.
        let run = stsc
            .entries
            .iter()
            .rev()
            .find(|run| run.first_chunk as usize <= chunk + 1);
        std::iter::repeat_n(*offset, run.map_or(0, |run| run.samples_per_chunk as usize))
    });
    let mut samples = Vec::new();
    let (mut ticks, mut chunk, mut offset) = (0u64, u64::MAX, 0u64);
    for size in sizes {
        let place = places
            .next()
            .ok_or_else(|| damaged("it has more pictures than places for them"))?;
        if place != chunk {
            (chunk, offset) = (place, place);
        }
        let end = offset.saturating_add(u64::from(size));
        if end > file_bytes as u64 {
            return Err(ClipError::Truncated("pictures are missing at its end"));
        }
        samples.push(Sample {
            bytes: offset as usize..end as usize,
            time_us: micros(ticks, timescale),
        });
        offset = end;
        ticks += u64::from(durations.next().unwrap_or(0));
    }
    match samples.len() {
        0 if may_be_fragmented => Err(ClipError::Fragmented),
        0 => Err(ClipError::NoPictures),
        count => Ok((samples, micros(ticks, timescale).max(count as u64))),
    }
}

fn micros(ticks: u64, timescale: u64) -> u64 {
    u64::try_from(u128::from(ticks) * 1_000_000 / u128::from(timescale.max(1))).unwrap_or(u64::MAX)
}

/// The NAL units of a sample with start codes in place of lengths; what is cut off is left out.
pub(super) fn to_annex_b(mut sample: &[u8], length_bytes: usize) -> Vec<u8> {
    let mut annex_b = Vec::with_capacity(sample.len() + 16);
    while let Some((length, rest)) = sample.split_at_checked(length_bytes) {
        let length = length
            .iter()
            .fold(0usize, |length, byte| length << 8 | usize::from(*byte));
        let Some((unit, after)) = rest.split_at_checked(length) else {
            break;
        };
        if length_bytes == 0 {
            break;
        }
        annex_b.extend([0, 0, 0, 1]);
        annex_b.extend(unit);
        sample = after;
    }
    annex_b
}
