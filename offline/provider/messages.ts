import * as grpc from "@grpc/grpc-js";
import { CheckFailure, CheckResponse, DiffResponse, ErrorResourceInitFailed, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { StatusError } from "../grpc";
import { type Change, rootOf } from "./diff";
import type { CheckResult, Diff, InitializationFailed } from "./provider";
import { toStruct } from "./values";

export function checkResponse(result: CheckResult): CheckResponse {
  const failures = (result.failures ?? []).map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));
  return new CheckResponse().setInputs(toStruct(result.inputs)).setFailuresList(failures);
}

const kinds: Record<Change, { inPlace: PropertyDiff.Kind; replace: PropertyDiff.Kind }> = {
  add: { inPlace: PropertyDiff.Kind.ADD, replace: PropertyDiff.Kind.ADD_REPLACE },
  delete: { inPlace: PropertyDiff.Kind.DELETE, replace: PropertyDiff.Kind.DELETE_REPLACE },
  update: { inPlace: PropertyDiff.Kind.UPDATE, replace: PropertyDiff.Kind.UPDATE_REPLACE },
};

/** A diff as the engine wants it: by path, and once more by top-level property. */
export function diffResponse(diff: Diff): DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const response = new DiffResponse()
    .setChanges(diff.changes.size === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(roots(diff.changes.keys()))
    .setReplacesList(roots(diff.replaces ?? []))
    .setDeletebeforereplace(diff.deleteBeforeReplace ?? false)
    .setHasdetaileddiff(true);
  for (const [path, change] of diff.changes) {
    const kind = kinds[change][diff.replaces?.has(path) ? "replace" : "inPlace"];
    response.getDetaileddiffMap().set(path, new PropertyDiff().setKind(kind).setInputdiff(diff.inputDiff ?? false));
  }
  return response;
}

function roots(paths: Iterable<string>): string[] {
  return [...new Set([...paths].map(rootOf))].sort();
}

/** The error by which the engine learns that the resource exists all the same. gRPC carries its details in this header. */
export function initializationFailed(error: InitializationFailed): StatusError {
  const detail = new ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(toStruct(error.state))
    .setInputs(toStruct(error.inputs))
    .setReasonsList([...error.reasons]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(error.message).setDetailsList([any]);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return new StatusError(error.message, grpc.status.UNKNOWN, metadata);
}
