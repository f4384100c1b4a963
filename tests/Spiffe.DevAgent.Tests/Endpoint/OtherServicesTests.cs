using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace Spiffe.Tests.Endpoint;

/// <summary>What the endpoint offers beside the Workload API, to tools that do not know the security header.</summary>
public sealed class OtherServicesTests : AgentTest
{
    [Fact]
    [Trait("Clause", "E-19")]
    public async Task Reflection_names_the_Workload_API_health_and_itself()
    {
        await StartAsync();

        ServerReflectionResponse response = await ReflectAsync(new ServerReflectionRequest { ListServices = "" });

        Assert.Equal(
            ["SpiffeWorkloadAPI", "grpc.health.v1.Health"],
            response.ListServicesResponse.Service.Select(service => service.Name)
                .Where(name => !name.StartsWith("grpc.reflection.", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Clause", "E-18")]
    [Trait("Clause", "E-19")]
    public async Task Reflection_describes_the_contract_and_nothing_added_to_it()
    {
        await StartAsync();

        ServerReflectionResponse response =
            await ReflectAsync(new ServerReflectionRequest { FileContainingSymbol = "SpiffeWorkloadAPI" });

        Google.Protobuf.Reflection.FileDescriptorProto file = response.FileDescriptorResponse.FileDescriptorProto
            .Select(Google.Protobuf.Reflection.FileDescriptorProto.Parser.ParseFrom)
            .Single(file => file.Service.Count > 0);
        Assert.Equal(
            [
                "FetchX509SVID", "FetchX509Bundles", "FetchJWTSVID", "FetchJWTBundles", "ValidateJWTSVID",
                "FetchWITSVID", "FetchWITBundles",
            ],
            file.Service.Single().Method.Select(method => method.Name));
    }

    [Fact]
    public async Task The_health_service_says_that_the_agent_serves()
    {
        await StartAsync();

        HealthCheckResponse response = await new Health.HealthClient(Channel).CheckAsync(
            new HealthCheckRequest(), cancellationToken: Token);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, response.Status);
    }

    private async Task<ServerReflectionResponse> ReflectAsync(ServerReflectionRequest request)
    {
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call =
            new ServerReflection.ServerReflectionClient(Channel).ServerReflectionInfo(cancellationToken: Token);
        await call.RequestStream.WriteAsync(request, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call.ResponseStream.Current;
    }
}
