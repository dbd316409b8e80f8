import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { servePlugin } from "../grpc";
import { languageRuntime } from "./runtime";

// The engine's address comes as an argument, among flags, and once more by Handshake.
const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));

servePlugin((server) => server.addService(LanguageRuntimeService, languageRuntime(engineAddress)));
