"""Questions that have several answers, or that two windows are needed for: functions of a window."""
