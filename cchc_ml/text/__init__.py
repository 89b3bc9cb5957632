"""Strings: spelling, sentences, old encodings, and finding terms."""
