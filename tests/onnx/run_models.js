// Runs every FOLDER/*/model.onnx by ONNX Runtime on the inputs beside it, and compares what it gives with what the library
// gave: run_models.js FOLDER MODULES [TOLERANCE], with the folder that onnxruntime-node was installed in.
const fs = require('fs');
const path = require('path');

const [folder, modules, tolerance = '1e-5'] = process.argv.slice(2);
let ort;
try {
  ort = require(path.resolve(modules, 'node_modules', 'onnxruntime-node'));
} catch (error) {
  console.log('skipped: onnxruntime-node is not installed; scripts/install-onnxruntime.sh does that');
  process.exit(77);
}

const types = {
  F32: ['float32', Float32Array], F64: ['float64', Float64Array], I64: ['int64', BigInt64Array],
  I32: ['int32', Int32Array], I16: ['int16', Int16Array], I8: ['int8', Int8Array], U8: ['uint8', Uint8Array],
  BOOL: ['bool', Uint8Array],
};

/// The tensors of a safetensors file: {name: {type, dims, data}}.
function read(file) {
  const bytes = fs.readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length));
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [type, Array] = types[entry.dtype];
    const [begin, end] = entry.data_offsets.map((offset) => offset + 8 + length);
    const copy = new Uint8Array(bytes.subarray(begin, end));
    tensors[name] = {type, dims: entry.shape, data: new Array(copy.buffer)};
  }
  return tensors;
}

/// The largest difference, relative for numbers above 1; Infinity where shapes or types differ, and for NaN beside a number.
function difference(expected, found) {
  const same = found && expected.type === found.type && expected.dims.join() === found.dims.join();
  if (!same) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.data.length; ++i) {
    const a = Number(expected.data[i]), b = Number(found.data[i]);
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const distance = Math.abs(a - b) / Math.max(1, Math.abs(a));
    largest = Math.max(largest, Number.isNaN(distance) ? Infinity : distance);
  }
  return largest;
}

async function run(model) {
  const session = await ort.InferenceSession.create(path.join(model, 'model.onnx'), {logSeverityLevel: 3});
  let largest = 0;
  for (const file of fs.readdirSync(model).filter((name) => name.endsWith('.safetensors')).sort()) {
    const feeds = {}, expected = {};
    for (const [name, tensor] of Object.entries(read(path.join(model, file)))) {
      if (name.startsWith('in:')) feeds[name.slice(3)] = new ort.Tensor(tensor.type, tensor.data, tensor.dims);
      else expected[name.slice(4)] = tensor;
    }
    const results = await session.run(feeds);
    for (const [name, tensor] of Object.entries(expected)) {
      const distance = difference(tensor, results[name]);
      if (distance > Number(tolerance)) {
        const found = results[name];
        throw new Error(`${file}: ${name} differs by ${distance}: ${tensor.type} {${tensor.dims}} ` +
                        `${tensor.data.slice(0, 4)}, ONNX Runtime gives ${found && `${found.type} {${found.dims}} ${found.data.slice(0, 4)}`}`);
      }
      largest = Math.max(largest, distance);
    }
  }
  return largest;
}

(async () => {
  const models = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, 'model.onnx'))).sort();
  // What runtimes make of NaN and infinities differs, and ONNX Runtime 1.22 crashes on some nodes of no elements.
  for (const skipped of models.filter((name) => /\.special|size0/.test(name))) models.splice(models.indexOf(skipped), 1);
  const quiet = models.length > 50;
  let failed = 0, absent = 0, largest = 0;
  for (const model of models) {
    try {
      const distance = await run(path.join(folder, model));
      largest = Math.max(largest, distance);
      if (!quiet) console.log(`${model.padEnd(12)} ${distance.toExponential(1)}`);
    } catch (error) {
      if (error.message.includes('Could not find an implementation')) {
        ++absent;
        continue;
      }
      console.log(`${model}: ${error.message}`);
      ++failed;
    }
  }
  if (absent) console.log(`${absent} models need nodes of types that ONNX Runtime has not`);
  console.log(`${models.length - failed - absent} of ${models.length} models agree with ONNX Runtime, the largest difference ${largest.toExponential(1)}`);
  process.exit(failed || !models.length ? 1 : 0);
})();
