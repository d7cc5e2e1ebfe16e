"""Serves bench_page.py with the real launcher's routes, headers and settings."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

import app as launcher  # noqa: E402

app = st.App(
    Path(__file__).with_name("bench_page.py"),
    routes=launcher.routes(),
    middleware=launcher.middleware(),
)

if __name__ == "__main__":
    app.run(
        config={
            "server.address": "localhost",
            "server.port": int(sys.argv[1]),
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "browser.serverAddress": "localhost",
        }
    )
