/**
 * Ends a stack whose parent died without a word (kill -9, a crash). It holds the reading end of a pipe from the parent,
 * who names each child it starts (`+pid`) and each that ended (`-pid`); when the pipe closes, whoever is left is ended.
 * It lives in a session of its own, out of reach of Ctrl-C and of a kill of the parent's group.
 */
const POLITE_MS = 5_000;
const children = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) children.add(pid);
    else children.delete(pid);
  }
});
process.stdin.once('close', () => {
  signalAll('SIGTERM');
  const deadline = Date.now() + POLITE_MS;
  const wait = setInterval(() => {
    for (const pid of children) if (!signalOne(pid, 0)) children.delete(pid);
    if (children.size > 0 && Date.now() < deadline) return;
    clearInterval(wait);
    signalAll('SIGKILL');
  }, 100);
});

function signalAll(signal) {
  for (const pid of children) signalOne(pid, signal);
}

/** Each child leads a group of its own, which carries what it started in turn. */
function signalOne(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
