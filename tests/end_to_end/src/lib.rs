//! Tests of the whole: engines, hub and browser.
