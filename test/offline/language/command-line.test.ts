import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { programEnvironment, runnerArguments, runtimeOptions } from "../../../offline/language/command-line";

function runRequest(options?: Parameters<typeof Struct.fromJavaScript>[0]): RunRequest {
  const info = new ProgramInfo().setRootDirectory("/project").setProgramDirectory("/project/program").setEntryPoint("index.ts");
  if (options !== undefined) info.setOptions(Struct.fromJavaScript(options));
  const request = new RunRequest().setProject("plumbline").setStack("lab").setPwd("/project/program").setOrganization("organization");
  request.setMonitorAddress("127.0.0.1:1000").setParallel(16).setInfo(info).setConfigsecretkeysList(["plumbline:key"]);
  request.getConfigMap().set("plumbline:cluster", '{"name":"lab"}').set("plumbline:key", "k");
  return request;
}

test("the SDK's runner gets everything that it needs, and the entry point last", () => {
  expect(runnerArguments(runRequest().setDryrun(true), "127.0.0.1:2000")).toEqual([
    ...["--monitor", "127.0.0.1:1000", "--engine", "127.0.0.1:2000", "--organization", "organization"],
    ...["--project", "plumbline", "--stack", "lab", "--pwd", "/project/program", "--root-directory", "/project", "--parallel", "16"],
    ...["--dry-run", "index.ts"],
  ]);
});

test("without an entry point the program's folder is run", () => {
  const request = runRequest();
  request.getInfo()?.setEntryPoint("");
  expect(runnerArguments(request, "127.0.0.1:2000").slice(-3)).toEqual(["--parallel", "16", "."]);
});

test("configuration goes by the environment, and TypeScript is loaded unless it is turned off", () => {
  const request = runRequest();
  const config = {
    PULUMI_CONFIG: '{"plumbline:cluster":"{\\"name\\":\\"lab\\"}","plumbline:key":"k"}',
    PULUMI_CONFIG_SECRET_KEYS: '["plumbline:key"]',
  };
  expect(programEnvironment(request, runtimeOptions(request))).toEqual({ ...config, PULUMI_NODEJS_TYPESCRIPT: "true" });
  const options = runtimeOptions(runRequest({ typescript: false, tsconfig: "other.json" }));
  expect(programEnvironment(request, options)).toEqual({ ...config, PULUMI_NODEJS_TSCONFIG_PATH: "other.json" });
});

test("options have their defaults, and node's arguments are split at spaces", () => {
  expect(runtimeOptions(runRequest())).toEqual({ typescript: true, tsconfig: undefined, nodeargs: [] });
  expect(runtimeOptions(runRequest({ nodeargs: "--inspect  --max-old-space-size=900 " })).nodeargs).toEqual([
    "--inspect",
    "--max-old-space-size=900",
  ]);
});

test.each([
  [{ typescript: "no" }, 'Pulumi.yaml: runtime.options.typescript is "no"; expected true or false'],
  [{ tsconfig: 5 }, "Pulumi.yaml: runtime.options.tsconfig is 5; expected a path"],
  [{ nodeargs: ["--inspect"] }, 'Pulumi.yaml: runtime.options.nodeargs is ["--inspect"]; expected a string'],
])("a mistyped option %j is an error that names it", (options, message) => {
  expect(() => runtimeOptions(runRequest(options))).toThrow(message);
});
