//! Engraver's lettering: every sign is a few strokes on a grid four wide and six high.

/// The strokes of a sign, each a chain of (x, y) grid points; signs that are not here are blank.
pub(crate) fn strokes(sign: char) -> impl Iterator<Item = Vec<(f32, f32)>> {
    glyph(sign).split_whitespace().map(|stroke| {
        let digits: Vec<f32> = stroke
            .bytes()
            .map(|digit| f32::from(digit.saturating_sub(b'0')))
            .collect();
        digits.chunks_exact(2).map(|point| (point[0], point[1])).collect()
    })
}

/// Each stroke is a word of digits, two for a point: x from the left, then y from the top.
fn glyph(sign: char) -> &'static str {
    match sign {
        'A' => "062046 1434",
        'B' => "0006 003041423303 3344453606",
        'C' => "4130100105163645",
        'D' => "00062644422000",
        'E' => "40000646 0333",
        'F' => "400006 0333",
        'G' => "41301001051636454323",
        'H' => "0006 4046 0343",
        'I' => "1030 2026 1636",
        'J' => "4045361605",
        'K' => "0006 400346",
        'L' => "000646",
        'M' => "0600234046",
        'N' => "06004640",
        'O' | '0' => "103041453616050110",
        'P' => "06003041423303",
        'Q' => "103041453616050110 2446",
        'R' => "06003041423303 2346",
        'S' => "413010010213334445361605",
        'T' => "0040 2026",
        'U' => "000516364540",
        'V' => "002640",
        'W' => "0016233640",
        'X' => "0046 4006",
        'Y' => "002340 2326",
        'Z' => "00400646",
        '1' => "112026 1636",
        '2' => "01103041420646",
        '3' => "01103041423323 334445361605",
        '4' => "36300444",
        '5' => "400003334445361605",
        '6' => "4130100105163645443303",
        '7' => "004016",
        '8' => "103041423313020110 133344453616050413",
        '9' => "0516364541301001021343",
        '-' => "1333",
        '.' => "2526",
        ':' => "2122 2425",
        '/' => "0640",
        '%' => "0640 1011 3536",
        '>' => "113315",
        _ => "",
    }
}
