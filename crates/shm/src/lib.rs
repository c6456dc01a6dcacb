//! Write-protected shared memory segments with dual views, per-thread write windows and reader pins.
