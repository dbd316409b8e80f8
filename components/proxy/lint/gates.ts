import { atLeast, type Version } from "./version";

/**
 * Feature gates that a kube-proxy of Kubernetes 1.34 knows, by the version that brought them. It accepts those of all components, since they share one
 * registry. Source: the versioned specifications in pkg/features, apiserver, client-go and component-base of Kubernetes 1.34.4.
 */
const since: readonly (readonly [string, string])[] = [
  [
    "1.0",
    "AggregatedDiscoveryRemoveBetaType AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests " +
      "AllowOverwriteTerminationGracePeriodSeconds AllowServiceLBStatusOnNonLB GitRepoVolumeDriver KMSv1 " +
      "KubeletPodResourcesListUseActivePods KubeletRegistrationGetOnExistsOnly",
  ],
  ["1.7", "RotateKubeletServerCertificate"],
  ["1.8", "APIResponseCompression"],
  ["1.11", "QOSReserved"],
  ["1.12", "CustomCPUCFSQuotaPeriod ProcMountType"],
  ["1.14", "StorageVersionHash WinDSR WinOverlay"],
  ["1.15", "LocalStorageCapacityIsolationFSQuotaMonitoring"],
  ["1.16", "HPAScaleToZero"],
  ["1.18", "AnyVolumeDataSource"],
  ["1.20", "APIServerIdentity ExecProbeTimeout GracefulNodeShutdown SizeMemoryBackedVolumes StorageVersionAPI"],
  ["1.21", "CSIVolumeHealth LogarithmicScaleDown MemoryManager PodDeletionCost TopologyAwareHints"],
  ["1.22", "APIServerTracing CPUManagerPolicyOptions KubeletInUserNamespace MemoryQoS NodeSwap"],
  [
    "1.23",
    "CPUManagerPolicyAlphaOptions CPUManagerPolicyBetaOptions CSIMigrationPortworx GracefulNodeShutdownBasedOnPodPriority " +
      "HonorPVReclaimPolicy InTreePluginPortworxUnregister OpenAPIEnums PodAndContainerStatsFromCRI " +
      "RecoverVolumeExpansionFailure StatefulSetAutoDeletePVC",
  ],
  ["1.24", "ContextualLogging LoggingAlphaOptions LoggingBetaOptions MaxUnavailableStatefulSet"],
  [
    "1.25",
    "ContainerCheckpoint KubeletTracing MatchLabelKeysInPodTopologySpread NodeInclusionPolicyInPodTopologySpread " +
      "SELinuxMountReadWriteOncePod UnauthenticatedHTTP2DOSMitigation UserNamespacesSupport",
  ],
  [
    "1.26",
    "CrossNamespaceVolumeDataSource DynamicResourceAllocation EventedPLEG PodSchedulingReadiness " +
      "TopologyManagerPolicyAlphaOptions TopologyManagerPolicyBetaOptions TopologyManagerPolicyOptions WindowsHostNetwork",
  ],
  [
    "1.27",
    "CloudControllerManagerWebhook ClusterTrustBundle InPlacePodVerticalScaling KubeletPodResourcesDynamicResources " +
      "KubeletPodResourcesGet MultiCIDRServiceAllocator NodeLogQuery WatchFromStorageWithoutResourceVersion WatchList",
  ],
  [
    "1.28",
    "CRDValidationRatcheting ConsistentListFromCache CronJobsScheduledAnnotation JobBackoffLimitPerIndex " +
      "JobPodReplacementPolicy KubeletCgroupDriverFromCRI PodIndexLabel PodReadyToStartContainersCondition " +
      "SchedulerQueueingHints SeparateCacheWatchRPC SidecarContainers UnknownVersionInteroperabilityProxy",
  ],
  [
    "1.29",
    "ClusterTrustBundleProjection DisableNodeKubeProxyVersion ImageMaximumGCAge KubeletSeparateDiskGC LoadBalancerIPMode " +
      "MatchLabelKeysInPodAffinity NFTablesProxyMode PodLifecycleSleepAction RuntimeClassInImageCriApi " +
      "SeparateTaintEvictionController ServiceAccountTokenJTI ServiceAccountTokenNodeBinding " +
      "ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo StructuredAuthenticationConfiguration " +
      "StructuredAuthorizationConfiguration TranslateStreamCloseWebsocketRequests UserNamespacesPodSecurityStandards " +
      "VolumeAttributesClass",
  ],
  [
    "1.30",
    "APIServingWithRoutine CustomResourceFieldSelectors InformerResourceVersion JobManagedBy JobSuccessPolicy " +
      "OrderedNamespaceDeletion PortForwardWebsockets RecursiveReadOnlyMounts RelaxedEnvironmentVariableValidation " +
      "RetryGenerateName SELinuxMount ServiceTrafficDistribution StorageNamespaceIndex StorageVersionMigrator " +
      "StrictCostEnforcementForVAP StrictCostEnforcementForWebhooks WatchListClient",
  ],
  [
    "1.31",
    "AnonymousAuthConfigurableEndpoints AuthorizeNodeWithSelectors AuthorizeWithSelectors ConcurrentWatchObjectDecode " +
      "CoordinatedLeaderElection DisableAllocatorDualWrite ImageVolume ReloadKubeletServerCertificateFile " +
      "ResilientWatchCacheInitialization ResourceHealthStatus SupplementalGroupsPolicy WatchCacheInitializationPostStartHook",
  ],
  [
    "1.32",
    "AllowUnsafeMalformedObjectDeletion BtreeWatchCache CBORServingAndStorage ClientsAllowCBOR ClientsPreferCBOR " +
      "ComponentFlagz ComponentStatusz DRAAdminAccess DRAResourceClaimDeviceStatus ExternalServiceAccountTokenSigner " +
      "InPlacePodVerticalScalingAllocatedStatus InPlacePodVerticalScalingExclusiveCPUs KubeletCrashLoopBackOffMax " +
      "KubeletFineGrainedAuthz MutatingAdmissionPolicy PodLevelResources PodLifecycleSleepActionAllowZero " +
      "PodLogsQuerySplitStreams RelaxedDNSSearchValidation RemoteRequestHeaderUID SELinuxChangePolicy " +
      "SchedulerAsyncPreemption ServiceAccountNodeAudienceRestriction SystemdWatchdog WindowsCPUAndMemoryAffinity " +
      "WindowsGracefulNodeShutdown",
  ],
  [
    "1.33",
    "AllowParsingUserUIDFromCertAuth ContainerStopSignals DRADeviceTaints DRAPartitionableDevices DRAPrioritizedList " +
      "DeclarativeValidation DeclarativeValidationTakeover DeploymentReplicaSetTerminatingReplicas " +
      "DisableCPUQuotaWithExclusiveCPUs HPAConfigurableTolerance InOrderInformers KubeletEnsureSecretPulledImages KubeletPSI " +
      "KubeletServiceAccountTokenForCredentialProviders ListFromCacheSnapshot MutableCSINodeAllocatableCount " +
      "PodObservedGenerationTracking PodTopologyLabelsAdmission PreferSameTrafficDistribution " +
      "ReduceDefaultCrashLoopBackOffDecay SchedulerPopFromBackoffQ StorageCapacityScoring StreamingCollectionEncodingToJSON " +
      "StreamingCollectionEncodingToProtobuf StrictIPCIDRValidation",
  ],
  [
    "1.34",
    "ClearingNominatedNodeNameAfterBinding ContainerRestartRules DRAConsumableCapacity DRADeviceBindingConditions " +
      "DRAExtendedResource DRASchedulerFilterTimeout DetectCacheInconsistency EnvFiles HostnameOverride " +
      "InPlacePodVerticalScalingExclusiveMemory MatchLabelKeysInPodTopologySpreadSelectorMerge " +
      "NominatedNodeNameForExpectation PodCertificateRequest PreventStaticPodAPIReferences ProbeHostPodSecurityStandards " +
      "RelaxedServiceNameValidation SchedulerAsyncAPICalls SizeBasedListCostEstimate StatefulSetSemanticRevisionComparison " +
      "StructuredAuthenticationConfigurationEgressSelector TokenRequestServiceAccountUIDValidation",
  ],
];

/** Gates that can't be changed any more, by the version that locked them; to true unless written otherwise. */
const locked: readonly (readonly [string, string])[] = [
  ["1.30", "PodSchedulingReadiness"],
  ["1.31", "LogarithmicScaleDown"],
  [
    "1.32",
    "AllowServiceLBStatusOnNonLB=false CronJobsScheduledAnnotation CustomResourceFieldSelectors RetryGenerateName SizeMemoryBackedVolumes " +
      "LoadBalancerIPMode MemoryManager PodIndexLabel " +
      "ServiceAccountTokenJTI ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo " +
      "StatefulSetAutoDeletePVC StrictCostEnforcementForVAP StrictCostEnforcementForWebhooks " +
      "StructuredAuthorizationConfiguration",
  ],
  [
    "1.33",
    "AnyVolumeDataSource BtreeWatchCache CRDValidationRatcheting SidecarContainers " +
      "CPUManagerPolicyOptions CSIMigrationPortworx HonorPVReclaimPolicy " +
      "JobBackoffLimitPerIndex JobSuccessPolicy MatchLabelKeysInPodAffinity NFTablesProxyMode " +
      "NodeInclusionPolicyInPodTopologySpread RecursiveReadOnlyMounts ServiceAccountTokenNodeBinding " +
      "ServiceTrafficDistribution TopologyAwareHints WatchFromStorageWithoutResourceVersion=false",
  ],
  [
    "1.34",
    "APIServerTracing AnonymousAuthConfigurableEndpoints AuthorizeNodeWithSelectors AuthorizeWithSelectors " +
      "ConsistentListFromCache JobPodReplacementPolicy KubeletCgroupDriverFromCRI KubeletTracing MultiCIDRServiceAllocator " +
      "NodeSwap OrderedNamespaceDeletion PodLifecycleSleepAction PodLifecycleSleepActionAllowZero " +
      "ProbeHostPodSecurityStandards RecoverVolumeExpansionFailure RelaxedDNSSearchValidation " +
      "RelaxedEnvironmentVariableValidation ResilientWatchCacheInitialization SchedulerQueueingHints " +
      "SeparateTaintEvictionController StreamingCollectionEncodingToJSON StreamingCollectionEncodingToProtobuf " +
      "StructuredAuthenticationConfiguration WinDSR WinOverlay",
  ],
];

/** Gates of guides that are gone, by the version that removed them. Source: the Kubernetes documentation's page on removed feature gates. */
const removed = new Map([
  ["SupportIPVSProxyMode", "1.20"],
  ["IPv6DualStack", "1.25"],
  ["EndpointSliceProxying", "1.25"],
  ["WindowsEndpointSliceProxying", "1.25"],
  ["ServiceTopology", "1.22"],
  ["HyperVContainer", "1.21"],
]);

/** The last version that these tables describe. */
const described: Version = { major: 1, minor: 34 };

export type GateVerdict =
  | { readonly kind: "fine" }
  | { readonly kind: "later"; readonly since: string }
  | { readonly kind: "locked"; readonly since: string; readonly to: boolean }
  | { readonly kind: "removed"; readonly since: string }
  | { readonly kind: "unknown" };

const find = (table: typeof since, name: string) => table.find(([, names]) => names.split(" ").includes(name))?.[0];

/** Every gate that a kube-proxy of 1.34 knows, but for AllAlpha and AllBeta. */
export const gateNames = since.flatMap(([, names]) => names.split(" "));

/** What a kube-proxy of this version says to a feature gate. Of versions after 1.34, only what 1.34 said already is known. */
export function judgeGate(name: string, value: boolean, version: Version): GateVerdict {
  if (name === "AllAlpha" || name === "AllBeta") return { kind: "fine" };
  const from = find(since, name);
  if (!from) {
    const gone = removed.get(name);
    if (gone) return atLeast(version, gone) ? { kind: "removed", since: gone } : { kind: "fine" };
    return version.minor === described.minor ? { kind: "unknown" } : { kind: "fine" };
  }
  if (!atLeast(version, from)) return { kind: "later", since: from };
  for (const to of [true, false]) {
    const lock = find(locked, to ? name : `${name}=false`);
    if (lock && atLeast(version, lock) && value !== to) return { kind: "locked", since: lock, to };
  }
  return { kind: "fine" };
}
