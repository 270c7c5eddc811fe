// A browser for BROWSER, with a user who approves: goes to the URL and follows every redirect.
await fetch(process.argv[2]);
