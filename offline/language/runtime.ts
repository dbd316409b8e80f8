import * as grpc from "@grpc/grpc-js";
import { version } from "@pulumi/pulumi/package.json";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { StatusError, unary } from "../grpc";
import { programDependencies } from "./dependencies";
import { Programs } from "./programs";

/** The `LanguageRuntime` service for programs in Node: what `pulumi-language-nodejs` does, as far as running a program needs it. */
export function languageRuntime(address: string | undefined): grpc.UntypedServiceImplementation {
  const programs = new Programs();
  let engineAddress = address;
  return {
    handshake: unary((request: proto.LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress();
      return new proto.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    about: unary(() => new proto.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),

    // None in advance: the engine loads a provider when the first of its resources is registered.
    getRequiredPlugins: unary(() => new proto.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new proto.GetRequiredPackagesResponse()),
    runtimeOptionsPrompts: unary(() => new proto.RuntimeOptionsResponse()),

    getProgramDependencies: unary((request: proto.GetProgramDependenciesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
      const list = programDependencies(folder).map(({ name, version: at }) => new proto.DependencyInfo().setName(name).setVersion(at));
      return new proto.GetProgramDependenciesResponse().setDependenciesList(list);
    }),

    run: unary(async (request: proto.RunRequest) => {
      if (engineAddress === undefined) throw new Error("the engine didn't say its address");
      const outcome = await programs.run(request, engineAddress);
      return new proto.RunResponse().setError(outcome.error).setBail(outcome.bail);
    }),
    cancel: unary(() => {
      programs.cancel();
      return new Empty();
    }),

    installDependencies: unsupported("Run npm ci in the program's folder instead."),
    runPlugin: unsupported("Plugins written in Node need the official pulumi-language-nodejs."),
  };
}

function unsupported(advice: string): grpc.UntypedHandleCall {
  const error = new StatusError(`Plumbline's stand-in for the Node language host can't do this. ${advice}`, grpc.status.UNIMPLEMENTED);
  return (call: grpc.ServerWritableStream<unknown, unknown>) => call.emit("error", { code: error.code, details: error.message });
}
