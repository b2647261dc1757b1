// Runs a Python program in a WebAssembly build, with the package scratchnet beside it:
//     node run.mjs micropython|pyodide FOLDER_OF_SCRATCHNET PROGRAM.py

import fs from "node:fs";
import path from "node:path";

const [build, package_, program] = process.argv.slice(2);
const print = (line) => console.log(line);

async function interpreter() {
  if (build === "pyodide") {
    const { loadPyodide } = await import("pyodide");
    return await loadPyodide({ stdout: print, stderr: print });
  }
  const { loadMicroPython } = await import(
    "@micropython/micropython-webassembly-pyscript/micropython.mjs"
  );
  return await loadMicroPython({ heapsize: 4000000, linebuffer: true, stdout: print });
}

function copy(FS, from, to) {
  if (path.basename(from) === "__pycache__") return;
  if (fs.statSync(from).isDirectory()) {
    FS.mkdir(to);
    for (const name of fs.readdirSync(from)) copy(FS, path.join(from, name), `${to}/${name}`);
  } else {
    FS.writeFile(to, fs.readFileSync(from));
  }
}

const python = await interpreter();
python.FS.mkdir("/given");
copy(python.FS, package_, "/given/scratchnet");
try {
  python.runPython("import sys\nsys.path.append('/given')");
  python.runPython(fs.readFileSync(program, "utf8"));
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
