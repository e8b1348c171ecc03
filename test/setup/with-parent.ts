// A worker of a test run ends with the run: when the run is killed, this process exits, and its guard ends what it started.
process.once("disconnect", () => process.exit(1));
