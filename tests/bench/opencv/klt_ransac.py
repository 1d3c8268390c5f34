#!/usr/bin/env python3
"""OpenCV's KLT + RANSAC on a clip that `assist-bench` wrote (tests/bench/src/motion/opencv.rs).

    python3 klt_ransac.py [--per-mark] FOLDER

The folder has pictures.grey (a byte per pixel, one picture after the other) and clip.json: width, height, the points of
each mark and the features to follow it by, both in shares of the first picture. Features are followed from picture to
picture on one thread, with the window and number of levels that ours has. One homography from the first picture to the
present one is estimated by RANSAC from all features that are left, or one for each mark with --per-mark.

Prints a JSON array with one object for each picture: where the points of each mark are (null without a homography), and
the milliseconds it took (null once no feature is left to follow). The binding of calcOpticalFlowPyrLK builds the previous picture's pyramid as well; a
program that keeps it would not, so the time that one takes is taken off.
"""

import argparse
import json
import pathlib
import time

import cv2
import numpy as np

WINDOW = 16
LEVELS = 4
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 8, 0.03)
RANSAC_PX = 3.0


def homography(key, now):
    if len(key) < 4:
        return None
    return cv2.findHomography(key, now, cv2.RANSAC, RANSAC_PX, maxIters=500, confidence=0.99)[0]


def follow(pictures, features, per_mark):
    """Per picture: a homography for each mark (or None), and the milliseconds it took (or None)."""
    owner = np.concatenate([np.full(len(points), mark) for mark, points in enumerate(features)])
    key = np.concatenate(features).astype(np.float32).reshape(-1, 2)
    now, marks = key.copy(), range(len(features))
    yield [np.eye(3)] * len(features), None
    for previous, picture in zip(pictures, pictures[1:]):
        if not len(now):
            yield [None] * len(features), None
            continue
        begun = time.perf_counter()
        cv2.buildOpticalFlowPyramid(previous, (WINDOW, WINDOW), LEVELS - 1, withDerivatives=False)
        started = time.perf_counter()
        spared = started - begun
        points = now.reshape(-1, 1, 2)
        moved, status, _ = cv2.calcOpticalFlowPyrLK(
            previous, picture, points, None, winSize=(WINDOW, WINDOW), maxLevel=LEVELS - 1, criteria=CRITERIA)
        kept = status.ravel() == 1
        key, now, owner = key[kept], moved.reshape(-1, 2)[kept], owner[kept]
        if per_mark:
            found = [homography(key[owner == mark], now[owner == mark]) for mark in marks]
        else:
            found = [homography(key, now)] * len(features)
        yield found, (time.perf_counter() - started - spared) * 1e3


def placed(points, found, size):
    if found is None:
        return None
    at = (cv2.perspectiveTransform(points.reshape(-1, 1, 2), found).reshape(-1, 2) + 0.5) / size
    return at.tolist() if np.isfinite(at).all() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--per-mark", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    clip = json.loads((options.folder / "clip.json").read_text())
    size = np.array([clip["width"], clip["height"]])
    pictures = np.fromfile(options.folder / "pictures.grey", np.uint8).reshape(-1, clip["height"], clip["width"])
    in_px = lambda points: np.array(points).reshape(-1, 2) * size - 0.5
    marks, features = map(in_px, clip["marks"]), map(in_px, clip["features"])
    marks, features = list(marks), list(features)
    print(json.dumps([
        {"ms": ms, "marks": [placed(points, one, size) for points, one in zip(marks, found)]}
        for found, ms in follow(pictures, features, options.per_mark)
    ]))


if __name__ == "__main__":
    main()
