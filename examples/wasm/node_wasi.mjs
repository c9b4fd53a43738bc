import { readFile } from "node:fs/promises";
import { env, argv, exit } from "node:process";
import { WASI } from "node:wasi";

const args = argv.slice(2);
const wasi = new WASI({ version: "preview1", args, env, preopens: { "/": "/" } });
const program = await WebAssembly.instantiate(
  await WebAssembly.compile(await readFile(args[0])),
  wasi.getImportObject(),
);
exit(wasi.start(program));
